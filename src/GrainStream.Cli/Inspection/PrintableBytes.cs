using System.Buffers;
using System.Globalization;
using System.Text;

namespace GrainStream.Cli.Inspection;

/// <summary>Keys and values as one can read them: UTF-8 where it is, the rest escaped, and cut short.</summary>
internal static class PrintableBytes
{
    /// <summary>Characters shown: a key is known by that many, and a row stays one line.</summary>
    private const int MaxCharacters = 48;

    /// <summary>The text; null for null.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        ReadOnlySpan<byte> left = bytes;
        while (left.Length > 0 && text.Length < MaxCharacters)
        {
            bool isRune = Rune.DecodeFromUtf8(left, out Rune rune, out int consumed) == OperationStatus.Done;
            if (isRune && IsPrintable(rune))
            {
                text.Append(rune.Value == '\\' ? @"\\" : rune.ToString());
            }
            else if (isRune && rune.Value is '\n' or '\r' or '\t')
            {
                text.Append(rune.Value switch { '\n' => @"\n", '\r' => @"\r", _ => @"\t" });
            }
            else
            {
                consumed = isRune ? consumed : 1;
                foreach (byte value in left[..consumed])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }

            left = left[consumed..];
        }

        return left.Length == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"...({bytes.Length} bytes)").ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
