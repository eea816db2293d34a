using System.Globalization;
using System.Runtime.CompilerServices;

namespace GrainStream.Core.Tests.Groups.Churn;

/// <summary>Virtual time, chance and faults of one run; and its story, if somebody will read it. The same seed gives the same run.</summary>
internal sealed class ChurnWorld(int seed, List<string>? story)
{
    private readonly List<string>? _story = story;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _queue = new();
    private long _order;

    public Random Random { get; } = new(seed);

    public TimeSpan Now { get; private set; }

    /// <summary>Whether the network and the clients misbehave.</summary>
    public bool IsStormy { get; set; } = true;

    public void After(TimeSpan delay, Action action) => _queue.Enqueue(action, (Now + delay, _order++));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>A fault, which happens only while it is stormy.</summary>
    public bool Fault(double probability) => IsStormy && Chance(probability);

    public TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + (Random.NextDouble() * (toSeconds - fromSeconds)));

    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>Runs until <paramref name="end"/>, or until <paramref name="isDone"/> says so; whether it did.</summary>
    public bool RunUntil(TimeSpan end, Func<bool>? isDone = null)
    {
        while (_queue.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= end)
        {
            Action action = _queue.Dequeue();
            Now = next.At;
            action();
            if (isDone?.Invoke() == true)
            {
                return true;
            }
        }

        Now = end;
        return false;
    }

    public void Tell([InterpolatedStringHandlerArgument("")] ref StoryLine line) =>
        _story?.Add(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalSeconds,9:0.000} {line.ToStringAndClear()}"));

    /// <summary>Puts a line together only if there is a story.</summary>
    [InterpolatedStringHandler]
    internal ref struct StoryLine
    {
        private DefaultInterpolatedStringHandler _text;

        public StoryLine(int literalLength, int formattedCount, ChurnWorld world, out bool isNeeded)
        {
            isNeeded = world._story is not null;
            _text = isNeeded ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

        public string ToStringAndClear() => _text.ToStringAndClear();
    }
}
