namespace GrainStream.Architecture.Tests;

public sealed class ApiTests
{
    private static readonly IReadOnlyList<ApiUse> Samples = AssemblyUses.Read(typeof(ApiViolations).Assembly.Location);

    [Fact]
    public void Core_uses_no_clock_chance_thread_task_lock_or_IO() =>
        Violations.AssertNone(AssemblyUses.Read(Repository.AssemblyPath("GrainStream.Core")).Select(ApiRules.Core).OfType<string>());

    [Fact]
    public void Runtime_takes_time_from_TimeProvider_and_stays_on_its_scheduler() =>
        Violations.AssertNone(AssemblyUses.Read(Repository.AssemblyPath("GrainStream.Runtime")).Select(ApiRules.Runtime).OfType<string>());

    [Theory]
    [InlineData("System.DateTime::get_UtcNow(")]
    [InlineData("System.DateTime::get_Now(")]
    [InlineData("System.DateTimeOffset::get_UtcNow(")]
    [InlineData("System.TimeProvider::GetUtcNow(")]
    [InlineData("System.Diagnostics.Stopwatch::GetTimestamp(")]
    [InlineData("System.Environment::get_TickCount64(")]
    [InlineData("System.Random::Next(")]
    [InlineData("System.Guid::NewGuid(")]
    [InlineData("System.Guid::CreateVersion7(")]
    [InlineData("System.Security.Cryptography.RandomNumberGenerator::GetInt32(")]
    [InlineData("System.IO.File::Exists(")]
    [InlineData("System.Console::WriteLine(")]
    [InlineData("System.Threading.Monitor::Enter(")]
    [InlineData("System.Threading.Interlocked::Increment(")]
    [InlineData("System.Threading.Thread::Sleep(")]
    [InlineData("System.Threading.Tasks.Task::Run(")]
    [InlineData("System.Lazy`1::get_Value(")]
    [InlineData("System.Runtime.CompilerServices.IAsyncStateMachine")]
    [InlineData("System.Threading.CancellationToken")]
    public void The_rule_for_Core_finds_a_violation(string use) => AssertFound(ApiRules.Core, use);

    [Theory]
    [InlineData("System.Threading.Tasks.Task::ConfigureAwait(System.Boolean)")]
    [InlineData("System.Threading.Tasks.ValueTask`1::ConfigureAwait(System.Boolean)")]
    [InlineData("System.Threading.Tasks.TaskAsyncEnumerableExtensions::ConfigureAwait(")]
    [InlineData("System.Threading.Tasks.Task::Run(")]
    [InlineData("System.Threading.Tasks.TaskFactory::StartNew(")]
    [InlineData("System.Threading.Tasks.Parallel::For(")]
    [InlineData("System.Threading.Tasks.Task::Delay(System.Int32")]
    [InlineData("System.Threading.Tasks.Task::Delay(System.TimeSpan")]
    [InlineData("System.Threading.Tasks.Task::WaitAsync(System.TimeSpan")]
    [InlineData("System.Threading.Channels.ChannelReader`1::ReadAllAsync(")]
    [InlineData("System.Threading.SemaphoreSlim::WaitAsync(System.Threading.CancellationToken)")]
    [InlineData("System.Threading.CancellationTokenSource::.ctor(System.TimeSpan)")]
    [InlineData("System.Threading.PeriodicTimer::.ctor(System.TimeSpan)")]
    [InlineData("System.Threading.Timer::.ctor(")]
    [InlineData("System.Threading.Thread::Sleep(")]
    [InlineData("System.DateTime::get_UtcNow(")]
    [InlineData("System.DateTimeOffset::get_UtcNow(")]
    [InlineData("System.Diagnostics.Stopwatch::GetTimestamp(")]
    [InlineData("System.Environment::get_TickCount64(")]
    public void The_rule_for_Runtime_finds_a_violation(string use) => AssertFound(ApiRules.Runtime, use);

    [Fact]
    public void What_is_allowed_is_not_found()
    {
        Assert.Null(ApiRules.Core(new ApiUse("System.Threading.Volatile", "Write", [])));
        Assert.Null(ApiRules.Core(new ApiUse("System.Guid", "Equals", [])));
        Assert.Null(ApiRules.Runtime(new ApiUse("System.Threading.Tasks.Task", "Delay", ["System.TimeSpan", "System.TimeProvider"])));
        Assert.Null(ApiRules.Runtime(new ApiUse("System.Threading.Tasks.Task", "WaitAsync", ["System.Threading.CancellationToken"])));
        Assert.Null(ApiRules.Runtime(new ApiUse("System.Threading.CancellationTokenSource", ".ctor", [])));
        Assert.Null(ApiRules.Runtime(new ApiUse("System.Threading.Tasks.Task", "ConfigureAwait", ["System.Threading.Tasks.ConfigureAwaitOptions"])));
    }

    private static void AssertFound(Func<ApiUse, string?> rule, string use)
    {
        ApiUse[] uses = [.. Samples.Where(sample => sample.ToString().StartsWith(use, StringComparison.Ordinal))];
        Assert.NotEmpty(uses);
        Assert.All(uses, sample => Assert.NotNull(rule(sample)));
    }
}
