using System.Text;

namespace GrainStream.TestKit;

/// <summary>How a client program ended.</summary>
public sealed record ClientResult(string Command, int ExitCode, byte[] Output, string Errors)
{
    /// <summary>Standard output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>This result, if the program ended well.</summary>
    /// <param name="context">Shown with the failure: the server's log.</param>
    /// <exception cref="InvalidOperationException">The program failed; the message shows what it printed.</exception>
    public ClientResult Required(Func<string>? context = null) => ExitCode == 0
        ? this
        : throw new InvalidOperationException(
            $"{Command}\nended with {ExitCode}. Standard error:\n{Errors}\nStandard output:\n{Text[..Math.Min(Text.Length, 4000)]}\n{context?.Invoke()}");
}
