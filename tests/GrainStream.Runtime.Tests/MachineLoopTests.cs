namespace GrainStream.Runtime.Tests;

public sealed class MachineLoopTests
{
    [Fact]
    public void An_input_to_an_idle_loop_is_handled_before_Post_returns()
    {
        var host = new CountingHost();
        var loop = new MachineLoop<int>(host);
        loop.Post(1);
        Assert.Equal([1], host.Handled);
    }

    [Fact]
    public void An_input_posted_while_handling_comes_after_the_current_one()
    {
        var host = new CountingHost();
        var loop = new MachineLoop<int>(host);
        host.OnHandle = input =>
        {
            if (input < 3)
            {
                loop.Post(input + 1);
                Assert.Equal(input, host.Handled[^1]);
            }
        };
        loop.Post(1);
        Assert.Equal([1, 2, 3], host.Handled);
    }

    [Fact]
    public async Task Inputs_of_many_threads_are_handled_one_at_a_time_and_each_threads_in_order()
    {
        const int threads = 4;
        const int perThread = 20_000;
        var host = new CountingHost();
        var loop = new MachineLoop<int>(host);
        var done = new TaskCompletionSource();
        host.OnHandle = _ =>
        {
            if (host.Handled.Count == threads * perThread)
            {
                done.SetResult();
            }
        };
        Thread[] posters = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < perThread; i++)
            {
                loop.Post((thread * perThread) + i);
            }
        }))];
        Array.ForEach(posters, poster => poster.Start());
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, host.Overlaps);
        for (int thread = 0; thread < threads; thread++)
        {
            int of = thread;
            Assert.Equal(
                Enumerable.Range(of * perThread, perThread),
                host.Handled.Where(input => input / perThread == of));
        }
    }

    private sealed class CountingHost : IMachineHost<int>
    {
        private int _inside;

        public List<int> Handled { get; } = [];

        public int Overlaps { get; private set; }

        public Action<int> OnHandle { get; set; } = static _ => { };

        public void Handle(int input)
        {
            Overlaps += Interlocked.Increment(ref _inside) - 1;
            Handled.Add(input);
            OnHandle(input);
            Interlocked.Decrement(ref _inside);
        }
    }
}
