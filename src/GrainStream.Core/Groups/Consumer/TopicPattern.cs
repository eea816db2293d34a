using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GrainStream.Core.Groups.Consumer;

/// <summary>
/// A regular expression for topic names, in the syntax of RE2 as Kafka takes it (KIP-848). It must match the whole name. Matching takes time in proportion to the name, whatever the
/// expression: it is run by .NET's engine without backtracking, which like RE2 has no look-around and no back-references.
/// <para>
/// Of RE2 there are not: script names in <c>\p{…}</c> (general categories are there), <c>\x{…}</c>, <c>\C</c> and the flag <c>U</c>. Topic names have letters, digits, '.', '_' and '-' only.
/// </para>
/// </summary>
internal sealed class TopicPattern
{
    /// <summary>Longest expression. Clients that subscribe to several patterns join them to one.</summary>
    public const int MaxLength = 8192;

    /// <summary>Most repetitions, as in RE2.</summary>
    private const int MaxRepeat = 1000;

    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["digit"] = "0-9",
        ["lower"] = "a-z",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["graph"] = "!-~",
        ["print"] = " -~",
    };

    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    /// <summary>Whether the expression matches the whole name.</summary>
    public bool Matches(string topic) => _regex.IsMatch(topic);

    /// <summary>Reads an expression; if it is none, <paramref name="error"/> says why. Not kept by members: it is larger than all else that they have.</summary>
    public static bool TryParse(string expression, [NotNullWhen(true)] out TopicPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        error = null;
        if (expression.Length > MaxLength)
        {
            error = $"it is {expression.Length} characters long, at most {MaxLength} are taken";
            return false;
        }

        try
        {
            string translated = new Translation(expression).Run();

            // By itself first: inside the brackets "a)(b" would pass.
            _ = new Regex(translated, RegexOptions.CultureInvariant);
            pattern = new TopicPattern(new Regex($@"\A(?:{translated})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
        }
        catch (RegexParseException unreadable)
        {
            error = $"{unreadable.Message.TrimEnd('.')} (the syntax is RE2's)";
        }
        catch (NotSupportedException)
        {
            error = "look-around, back-references, atomic groups and conditions are not part of RE2's syntax, and very large repetitions are not taken";
        }
        catch (FormatException tooLarge)
        {
            error = tooLarge.Message;
        }

        return error is null;
    }

    /// <summary>Writes what RE2 writes differently the way .NET does.</summary>
    private sealed class Translation(string source)
    {
        private readonly StringBuilder _target = new(source.Length + 8);
        private int _at;

        public string Run()
        {
            while (_at < source.Length)
            {
                switch (source[_at])
                {
                    case '\\':
                        Escape(isInClass: false);
                        break;
                    case '[':
                        Class();
                        break;
                    case '(' when Follows("(?P<"):
                        _target.Append("(?<");
                        _at += 4;
                        break;
                    case '{':
                        CheckRepeat();
                        Take(1);
                        break;
                    default:
                        Take(1);
                        break;
                }
            }

            return _target.ToString();
        }

        private bool Follows(string text) => string.CompareOrdinal(source, _at, text, 0, text.Length) == 0;

        private void Take(int count)
        {
            count = Math.Min(count, source.Length - _at);
            _target.Append(source, _at, count);
            _at += count;
        }

        private void Escape(bool isInClass)
        {
            if (!isInClass && Follows(@"\Q"))
            {
                int end = source.IndexOf(@"\E", _at, StringComparison.Ordinal);
                int stop = end < 0 ? source.Length : end;
                _target.Append(Regex.Escape(source[(_at + 2)..stop]));
                _at = end < 0 ? source.Length : end + 2;
            }
            else if ((Follows(@"\p") || Follows(@"\P")) && _at + 2 < source.Length && source[_at + 2] != '{')
            {
                _target.Append(CultureInfo.InvariantCulture, $@"\{source[_at + 1]}{{{source[_at + 2]}}}");
                _at += 3;
            }
            else
            {
                Take(2);
            }
        }

        private void Class()
        {
            Take(Follows("[^") ? 2 : 1);
            if (_at < source.Length && source[_at] == ']')
            {
                // At the beginning it is an ordinary character.
                _target.Append(@"\]");
                _at++;
            }

            while (_at < source.Length && source[_at] != ']')
            {
                if (Follows("[:") && source.IndexOf(":]", _at, StringComparison.Ordinal) is > 0 and int end)
                {
                    string name = source[(_at + 2)..end];
                    _target.Append(Classes.GetValueOrDefault(name) ?? throw new FormatException($"there is no class [:{name}:]"));
                    _at = end + 2;
                }
                else if (source[_at] == '\\')
                {
                    Escape(isInClass: true);
                }
                else if (source[_at] == '[')
                {
                    // To .NET it would begin a class to be taken away.
                    _target.Append(@"\[");
                    _at++;
                }
                else
                {
                    Take(1);
                }
            }

            Take(1);
        }

        private void CheckRepeat()
        {
            int end = source.IndexOf('}', _at);
            foreach (string number in end < 0 ? [] : source[(_at + 1)..end].Split(','))
            {
                if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > MaxRepeat)
                {
                    throw new FormatException($"it repeats something {count} times, at most {MaxRepeat} are taken");
                }
            }
        }
    }
}
