using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace GrainStream.Architecture.Tests;

/// <summary>Reads from a compiled assembly's metadata what it uses of other assemblies, however the source spelled it.</summary>
internal static class AssemblyUses
{
    public static IReadOnlyList<string> ReferencedAssemblies(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        MetadataReader metadata = assembly.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    /// <summary>All types and members used.</summary>
    public static IReadOnlyList<ApiUse> Read(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        MetadataReader metadata = assembly.GetMetadataReader();
        var uses = new List<ApiUse>();
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            uses.Add(new ApiUse(TypeNames.Instance.GetTypeFromReference(metadata, handle, 0), null, []));
        }

        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (TypeOf(metadata, member.Parent) is { } type)
            {
                IReadOnlyList<string> parameters = member.GetKind() == MemberReferenceKind.Method
                    ? member.DecodeMethodSignature(TypeNames.Instance, null).ParameterTypes
                    : [];
                uses.Add(new ApiUse(type, metadata.GetString(member.Name), parameters));
            }
        }

        return uses;
    }

    private static string? TypeOf(MetadataReader metadata, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => TypeNames.Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)parent, 0),
        HandleKind.TypeSpecification => TypeNames.Instance.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)parent, 0),
        _ => null,
    };
}
