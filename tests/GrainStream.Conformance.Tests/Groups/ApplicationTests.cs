using System.Globalization;
using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests.Groups;

/// <summary>Two applications as people write them: orders written with kafkajs, and carried out by three instances of a service written with confluent-kafka.</summary>
public sealed class ApplicationTests
{
    private const int Orders = 150;

    // Changes that the producer writes for each order; see clients/applications/order-producer.js.
    private const int ChangesPerOrder = 4;

    [Fact]
    public async Task Every_order_is_fulfilled_in_order_although_one_of_three_instances_is_killed()
    {
        await using GroupServer server = await GroupServer.StartAsync(nameof(ApplicationTests));
        await server.CreateTopicAsync("orders", 6);
        List<Instance> instances = [Instance.Start(server.Bootstrap), Instance.Start(server.Bootstrap), Instance.Start(server.Bootstrap)];
        try
        {
            Task<ClientResult> producer = ClientProcess.RunAsync(
                "node", [Client.Script("applications", "order-producer.js"), server.Bootstrap, "orders", Orders.ToString(CultureInfo.InvariantCulture)]);
            await GroupMember.UntilAsync("each instance carries out orders", [], () => instances.All(instance => instance.Done.Length > 10));
            await instances[1].KillAsync();
            (await producer).Required();

            (string Order, int Change)[] expected =
                [.. Enumerable.Range(0, Orders).SelectMany(order => Enumerable.Range(0, ChangesPerOrder).Select(change => ($"order-{order}", change)))];
            await GroupMember.UntilAsync(
                "every change of every order is carried out", [], () => !expected.Except(instances.SelectMany(instance => instance.Done)).Any());

            foreach (Instance instance in instances)
            {
                // After it got partitions it may begin again a little earlier, at what was committed, but it never leaves a change out.
                foreach (IGrouping<string, (string Order, int Change)> order in instance.Done.GroupBy(one => one.Order))
                {
                    int[] changes = [.. order.Select(one => one.Change)];
                    Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"{order.Key}: {string.Join(", ", changes)}"));
                }
            }

            await server.RunAsync(Client.KafkaPythonGroups, ["nothing_is_left_to_read_soon", server.Bootstrap, "fulfilment", "orders"]);
        }
        finally
        {
            foreach (Instance instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }

    /// <summary>An instance of the fulfilment service.</summary>
    private sealed class Instance : IAsyncDisposable
    {
        private readonly System.Diagnostics.Process _process;
        private readonly List<(string, int)> _done = [];

        private Instance(System.Diagnostics.Process process) => _process = process;

        /// <summary>The changes of orders that it carried out.</summary>
        public (string Order, int Change)[] Done
        {
            get
            {
                lock (_done)
                {
                    return [.. _done];
                }
            }
        }

        public static Instance Start(string bootstrap)
        {
            System.Diagnostics.Process process = new()
            {
                StartInfo = new(Client.Confluent.Program, [Client.Script("applications", "fulfilment.py"), bootstrap, "orders", "fulfilment"])
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                },
            };
            Instance instance = new(process);
            process.OutputDataReceived += (_, data) => instance.Receive(data.Data);
            process.Start();
            process.BeginOutputReadLine();
            return instance;
        }

        public async Task KillAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                await KillAsync();
            }

            _process.Dispose();
        }

        private void Receive(string? line)
        {
            if (line?.Split(' ') is [string order, string change])
            {
                lock (_done)
                {
                    _done.Add((order, int.Parse(change, CultureInfo.InvariantCulture)));
                }
            }
        }
    }
}
