using GrainStream.Protocol.Generator.Model;

namespace GrainStream.Protocol.Generator.Emission;

/// <summary>C# conditions on the variable <c>version</c>, no longer than the versions that can occur require.</summary>
internal static class VersionCondition
{
    public const string Always = "true";
    public const string Never = "false";

    /// <summary>Whether <c>version</c>, known to be <paramref name="possible"/>, is in <paramref name="range"/>.</summary>
    public static string In(VersionRange range, VersionRange possible)
    {
        VersionRange both = range.Intersect(possible);
        if (both.IsEmpty)
        {
            return Never;
        }

        return (both.Low > possible.Low, both.High < possible.High) switch
        {
            (false, false) => Always,
            (true, false) => $"version >= {both.Low}",
            (false, true) => $"version <= {both.High}",
            _ when both.Low == both.High => $"version == {both.Low}",
            _ => $"version is >= {both.Low} and <= {both.High}",
        };
    }

    public static string And(string left, string right) =>
        left == Always ? right : right == Always ? left : left == Never || right == Never ? Never : $"{left} && {right}";

    /// <summary>Opens a block that runs if <paramref name="condition"/> holds; without a block if it always does.</summary>
    public static bool OpenIf(CodeBuilder code, string condition)
    {
        if (condition == Always)
        {
            return false;
        }

        code.Open($"if ({condition})");
        return true;
    }
}
