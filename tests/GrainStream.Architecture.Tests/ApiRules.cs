namespace GrainStream.Architecture.Tests;

/// <summary>What the pure and the deterministic parts must not use. Each rule takes one use and says why it is not allowed, or null.</summary>
internal static class ApiRules
{
    private const string CancellationToken = "System.Threading.CancellationToken";
    private const string TimeProvider = "System.TimeProvider";

    private static readonly string[] CoreNamespaces =
    [
        "System.IO.", "System.Net.", "System.Security.Cryptography.", "System.Threading.", "System.Runtime.Loader.", "Microsoft.Win32.",
    ];

    private static readonly HashSet<string> CoreTypes = new(StringComparer.Ordinal)
    {
        "System.DateTime", "System.DateTimeOffset", TimeProvider, "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Environment",
        "System.Random", "System.Console", "System.Lazy`1", "System.AppContext",
        "System.Runtime.CompilerServices.IAsyncStateMachine", "System.Runtime.CompilerServices.AsyncStateMachineAttribute",
    };

    // Publishing for other threads to read is what a machine with one writer does instead of locking.
    private static readonly HashSet<string> CoreAllowed = new(StringComparer.Ordinal) { "System.Threading.Volatile" };

    /// <summary>Core: no clock, chance, thread, task, lock, wait or I/O.</summary>
    public static string? Core(ApiUse use)
    {
        if (CoreAllowed.Contains(use.Type))
        {
            return null;
        }

        bool isBanned = CoreTypes.Contains(use.Type)
            || CoreNamespaces.Any(prefix => use.Type.StartsWith(prefix, StringComparison.Ordinal))
            || use is { Type: "System.Guid", Member: "NewGuid" or "CreateVersion7" };
        return isBanned ? $"Core must not use {use}: machines are synchronous and take time and chance as inputs." : null;
    }

    /// <summary>Runtime: time comes from TimeProvider, and nothing escapes a deterministic scheduler.</summary>
    public static string? Runtime(ApiUse use)
    {
        string? reason = use.Type switch
        {
            "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1" => Task(use),
            "System.Threading.Tasks.ValueTask" or "System.Threading.Tasks.ValueTask`1" => ConfiguredAwait(use),
            "System.Threading.Tasks.TaskAsyncEnumerableExtensions" => use.Member == "ConfigureAwait" ? "it leaves the scheduler" : null,
            "System.Threading.Tasks.TaskFactory" => use.Member == "StartNew" ? "it leaves the scheduler" : null,
            "System.Threading.Tasks.Parallel" => "it leaves the scheduler",
            "System.Threading.Channels.ChannelReader`1" => use.Member == "ReadAllAsync" ? "it resumes elsewhere than on the scheduler" : null,
            "System.Threading.SemaphoreSlim" => use.Member == "WaitAsync" && use.Parameters.Contains(CancellationToken) ? "it resumes elsewhere than on the scheduler" : null,
            "System.Threading.Thread" => use.Member == "Sleep" ? "time comes from TimeProvider" : null,
            "System.Threading.Timer" => use.Member == ".ctor" ? "time comes from TimeProvider" : null,
            "System.Threading.PeriodicTimer" or "System.Threading.CancellationTokenSource" => TimedConstructor(use),
            "System.DateTime" or "System.DateTimeOffset" => use.Member is "get_Now" or "get_UtcNow" or "get_Today" ? "time comes from TimeProvider" : null,
            "System.Diagnostics.Stopwatch" => use.Member is null ? null : "time comes from TimeProvider",
            "System.Environment" => use.Member is "get_TickCount" or "get_TickCount64" ? "time comes from TimeProvider" : null,
            _ => null,
        };
        return reason is null ? null : $"Runtime must not use {use}: {reason}.";
    }

    private static string? Task(ApiUse use) => use.Member switch
    {
        "Run" => "it leaves the scheduler",
        "Delay" or "WaitAsync" => IsTimed(use) && !use.Parameters.Contains(TimeProvider) ? "time comes from TimeProvider" : null,
        _ => ConfiguredAwait(use),
    };

    private static string? ConfiguredAwait(ApiUse use) =>
        use.Member == "ConfigureAwait" && use.Parameters.Contains("System.Boolean") ? "it leaves the scheduler" : null;

    private static string? TimedConstructor(ApiUse use) =>
        use.Member == ".ctor" && IsTimed(use) && !use.Parameters.Contains(TimeProvider) ? "time comes from TimeProvider" : null;

    private static bool IsTimed(ApiUse use) => use.Parameters.Contains("System.TimeSpan") || use.Parameters.Contains("System.Int32");
}
