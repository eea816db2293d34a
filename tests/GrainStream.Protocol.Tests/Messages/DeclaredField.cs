using System.Globalization;
using System.Reflection;
using GrainStream.Protocol.Schema;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>A field of a message as its attribute declares it, read without the generator's help.</summary>
internal sealed class DeclaredField(PropertyInfo property)
{
    private readonly FieldAttribute _attribute = property.GetCustomAttribute<FieldAttribute>()!;

    public string Name => property.Name;

    public Type Type => property.PropertyType;

    public bool IsTagged => _attribute.Tag >= 0;

    public bool IsIgnorable => _attribute.Ignorable;

    public static IEnumerable<DeclaredField> Of(Type type) =>
        from property in type.GetProperties()
        where property.IsDefined(typeof(FieldAttribute))
        select new DeclaredField(property);

    public bool IsIn(short version) => Contains(_attribute.Versions, version);

    public bool IsNullableIn(short version) => Contains(_attribute.Nullable, version);

    public object? Get(object target) => property.GetValue(target);

    public void Set(object target, object? value) => property.SetValue(target, value);

    private static bool Contains(string range, short version)
    {
        if (range == "none")
        {
            return false;
        }

        string[] ends = range.Split('-');
        int low = int.Parse(ends[0].TrimEnd('+'), CultureInfo.InvariantCulture);
        int high = range.EndsWith('+') ? int.MaxValue : int.Parse(ends[^1], CultureInfo.InvariantCulture);
        return version >= low && version <= high;
    }
}
