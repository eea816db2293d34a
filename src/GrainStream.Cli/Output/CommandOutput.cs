using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace GrainStream.Cli.Output;

/// <summary>
/// Where a command prints: results on standard output, everything else on standard error. For people there are tables, coloured on a terminal unless
/// <c>NO_COLOR</c> is set; for machines, JSON.
/// </summary>
internal sealed class CommandOutput
{
    // Nobody is to find a table broken up because it went into a file.
    private const int UnboundedWidth = 4000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // It goes to files and terminals, not into web pages.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly bool _hasColour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public CommandOutput(bool json, InvocationConfiguration configuration)
    {
        IsJson = json;
        Writer = configuration.Output;
        Bytes = (Writer as StreamWriter)?.BaseStream ?? Stream.Null;
        IsTerminal = Writer is StreamWriter && !Console.IsOutputRedirected;
        Errors = configuration.Error;
        People = Create(Writer, IsTerminal);
        Aside = Create(Errors, IsAsideTerminal);
    }

    public bool IsJson { get; }

    /// <summary>Whether somebody looks at standard output.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether somebody looks at standard error.</summary>
    public bool IsAsideTerminal => ReferenceEquals(Errors, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Standard output below <see cref="Writer"/>, which has to be flushed before.</summary>
    public Stream Bytes { get; }

    /// <summary>Standard output. Held back until <see cref="Flush"/>.</summary>
    public TextWriter Writer { get; }

    /// <summary>Standard output, for tables.</summary>
    public IAnsiConsole People { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Errors { get; }

    /// <summary>Standard error, for progress, questions and colour.</summary>
    public IAnsiConsole Aside { get; }

    /// <summary>One JSON value on a line.</summary>
    public void WriteJson<T>(T value) => Writer.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>A sentence for people; nothing for machines.</summary>
    public void Say(string text)
    {
        if (!IsJson)
        {
            Writer.WriteLine(text);
        }
    }

    /// <summary>A table with a head; columns whose name begins with &gt; are numbers.</summary>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new()
        {
            Border = IsTerminal ? TableBorder.Rounded : TableBorder.None,
            ShowHeaders = true,
        };
        foreach (string column in columns)
        {
            bool isNumber = column.StartsWith('>');
            TableColumn added = new(new Markup(Markup.Escape(column.TrimStart('>').ToUpperInvariant()), new Style(decoration: Decoration.Bold))) { NoWrap = !IsTerminal, Padding = IsTerminal ? new Padding(1, 0) : new Padding(0, 0, 2, 0) };
            table.AddColumn(isNumber ? added.RightAligned() : added);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        // Without a border the last column is filled up with blanks, which nobody wants in a file.
        if (IsTerminal)
        {
            People.Write(table);
            return;
        }

        StringWriter text = new();
        Create(text, isTerminal: false).Write(table);
        foreach (string line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Writer.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Names and values below one another, and an empty line.</summary>
    public void WriteFacts(params ReadOnlySpan<(string Name, string Value)> facts)
    {
        int width = 0;
        foreach ((string name, _) in facts)
        {
            width = Math.Max(width, name.Length);
        }

        foreach ((string name, string value) in facts)
        {
            People.Write(new Text(name.PadRight(width + 2), new Style(decoration: Decoration.Dim)));
            People.Write(new Text(value + "\n"));
        }

        People.Write(new Text("\n"));
    }

    /// <exception cref="IOException">Nobody reads it any more.</exception>
    public void Flush() => Writer.Flush();

    private IAnsiConsole Create(TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new FixedConsoleOutput(writer, isTerminal, isTerminal ? WidthOfTerminal() : UnboundedWidth),
        Ansi = isTerminal && _hasColour ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = isTerminal && _hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
    });

    private static int WidthOfTerminal()
    {
        const int Usual = 80;
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : Usual;
        }
        catch (IOException)
        {
            return Usual;
        }
    }
}
