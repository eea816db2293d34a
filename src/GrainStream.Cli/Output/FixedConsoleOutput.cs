using System.Text;
using Spectre.Console;

namespace GrainStream.Cli.Output;

/// <summary>Where Spectre.Console prints, with a width that does not depend on guesses.</summary>
internal sealed class FixedConsoleOutput(TextWriter writer, bool isTerminal, int width) : IAnsiConsoleOutput
{
    private const int UsualHeight = 25;

    public TextWriter Writer => writer;

    public bool IsTerminal => isTerminal;

    public int Width => width;

    public int Height => UsualHeight;

    public void SetEncoding(Encoding encoding)
    {
        // Always UTF-8.
    }
}
