using System.Text;

namespace GrainStream.Cli.Records;

/// <summary>Where lines come from.</summary>
internal sealed class LineSource : IDisposable
{
    private readonly TextReader _reader;
    private readonly FileStream? _file;

    private LineSource(TextReader reader, FileStream? file, bool isTyped)
    {
        _reader = reader;
        _file = file;
        IsTyped = isTyped;
    }

    /// <summary>Somebody types them.</summary>
    public bool IsTyped { get; }

    /// <summary>How much of the file has been read, from 0 to 1; null if it has no known end.</summary>
    public double? Progress => _file is { Length: > 0 } ? (double)_file.Position / _file.Length : null;

    /// <summary>One record given on the command line, a file, or standard input.</summary>
    /// <exception cref="CommandFailedException">There is no such file.</exception>
    public static LineSource Open(string? value, FileInfo? file)
    {
        if (value is not null)
        {
            return new LineSource(new SingleLine(value), null, isTyped: false);
        }

        if (file is null)
        {
            return new LineSource(new StreamReader(Console.OpenStandardInput(), Encoding.UTF8), null, isTyped: !Console.IsInputRedirected);
        }

        if (!file.Exists)
        {
            throw new CommandFailedException(ExitCode.NotFound, $"There is no file {file.FullName}.");
        }

        FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        return new LineSource(new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16), stream, isTyped: false);
    }

    /// <summary>The next line; null at the end.</summary>
    public ValueTask<string?> ReadAsync(CancellationToken cancellation) => _reader.ReadLineAsync(cancellation);

    public void Dispose() => _reader.Dispose();

    /// <summary>A value may have line ends of its own.</summary>
    private sealed class SingleLine(string line) : TextReader
    {
        private string? _line = line;

        public override string? ReadLine()
        {
            string? line = _line;
            _line = null;
            return line;
        }

        public override ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => ValueTask.FromResult(ReadLine());
    }
}
