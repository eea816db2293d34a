using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrainStream.Gateway.Tests.Connections;

/// <summary>Keeps every log line of the gateway for the test to look at.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    /// <summary>Level and text of each line so far.</summary>
    public ConcurrentQueue<(LogLevel Level, string Line)> Lines { get; } = new();

    /// <summary>Whether a line has all of these words.</summary>
    public bool Says(params string[] words) => Lines.Any(line => words.All(line.Line.Contains));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
        // Holds nothing but lines.
    }
}
