using System.Diagnostics;
using System.Threading.Channels;

namespace GrainStream.Architecture.Tests;

/// <summary>Everything that is banned somewhere, used once, so that the rules can be seen to find it in this assembly. Never called.</summary>
internal static class ApiViolations
{
    private static readonly object Gate = new();

    public static async Task<int> Everything(Channel<int> channel, SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        await Task.Run(() => { }, cancellationToken);
        await Task.Factory.StartNew(() => { }, cancellationToken, TaskCreationOptions.None, TaskScheduler.Default);
        await Task.CompletedTask.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);
        await new ValueTask<int>(1).ConfigureAwait(false);
        await semaphore.WaitAsync(cancellationToken);
        await foreach (int item in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Console.WriteLine(item);
        }

        using var timed = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var periodic = new PeriodicTimer(TimeSpan.FromSeconds(1));
        using var timer = new Timer(_ => { });
        Parallel.For(0, 1, _ => { });
        Thread.Sleep(0);
        lock (Gate)
        {
            return Interlocked.Increment(ref _number) + new Lazy<int>(1).Value;
        }
    }

    public static string Impure() =>
        $"{DateTime.Now} {DateTime.UtcNow} {DateTimeOffset.UtcNow} {Stopwatch.GetTimestamp()} {Environment.TickCount64} {Guid.NewGuid()} " +
        $"{Guid.CreateVersion7()} {Random.Shared.Next()} {File.Exists("x")} {TimeProvider.System.GetUtcNow()} {System.Security.Cryptography.RandomNumberGenerator.GetInt32(2)}";

    private static int _number;
}
