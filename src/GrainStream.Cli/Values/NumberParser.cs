using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace GrainStream.Cli.Values;

/// <summary>Reads numbers on the command line, and says what may stand there where something else does.</summary>
internal static class NumberParser
{
    /// <summary>A number within a range.</summary>
    public static Func<ArgumentResult, T> Between<T>(T lowest, T highest)
        where T : struct, INumber<T>, IMinMaxValue<T> => result => Read(result, lowest, highest);

    /// <summary>The same for an option that need not be there.</summary>
    public static Func<ArgumentResult, T?> OptionalBetween<T>(T lowest, T highest)
        where T : struct, INumber<T>, IMinMaxValue<T> => result => Read(result, lowest, highest);

    private static T Read<T>(ArgumentResult result, T lowest, T highest)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out T number)
            && number >= lowest && number <= highest)
        {
            return number;
        }

        string name = (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
        string range = (lowest > T.MinValue, highest < T.MaxValue) switch
        {
            (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {lowest} to {highest}"),
            (true, false) => string.Create(CultureInfo.InvariantCulture, $" from {lowest} on"),
            _ => "",
        };
        result.AddError($"{name} takes a number{range}, not \"{text}\".");
        return default;
    }
}
