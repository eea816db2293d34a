using GrainStream.Cli.Clusters;
using GrainStream.Cli.Output;
using GrainStream.Cli.Values;
using GrainStream.Client.Producing;
using Spectre.Console;

namespace GrainStream.Cli.Records;

/// <summary>Sends lines, shows how far it is, and says what it came to.</summary>
internal sealed class ProduceRun(ClusterCommand context, ProducerOptions options, Pace pace, LineParser parser)
{
    // How often the bar moves at most.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly DeliveryCount _count = new();
    private long _sent;
    private long _bytes;

    /// <exception cref="CommandFailedException">A line is not what it should be, or a record was not delivered.</exception>
    public async Task RunAsync(LineSource lines, CancellationToken cancellation)
    {
        long began = TimeProvider.System.GetTimestamp();
        if (context.Output.IsAsideTerminal && !lines.IsTyped && !context.Output.IsJson && Console.IsInputRedirected | lines.Progress is not null)
        {
            await context.Output.Aside.Progress()
                .AutoClear(true)
                .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .StartAsync(progress => SendAsync(lines, progress.AddTask($"to {Markup.Escape(parser.Topic)}", maxValue: 1), cancellation));
        }
        else
        {
            await SendAsync(lines, bar: null, cancellation);
        }

        Summarize(TimeProvider.System.GetElapsedTime(began));
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task SendAsync(LineSource lines, ProgressTask? bar, CancellationToken cancellation)
    {
        await using Producer producer = context.Client.CreateProducer(options);
        long shownAt = TimeProvider.System.GetTimestamp();
        bar?.IsIndeterminate(lines.Progress is null);
        while (_count.Failed == 0 && !cancellation.IsCancellationRequested)
        {
            string? line;
            try
            {
                await pace.NextAsync(cancellation);
                line = await lines.ReadAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                // What was read is still delivered.
                break;
            }

            if (line is null)
            {
                break;
            }

            OutgoingRecord record = parser.Parse(line, ++_sent);
            _bytes += (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
            await producer.EnqueueAsync(record, _count.Take, CancellationToken.None);
            if (lines.IsTyped)
            {
                await producer.FlushAsync(CancellationToken.None);
            }

            if (bar is not null && TimeProvider.System.GetElapsedTime(shownAt) >= Frame)
            {
                shownAt = TimeProvider.System.GetTimestamp();
                bar.Value = lines.Progress ?? 0;
                bar.Description = $"{Numbers.Of(_count.Delivered)} records to {Markup.Escape(parser.Topic)}";
            }
        }

        await producer.FlushAsync(CancellationToken.None);
    }

    private void Summarize(TimeSpan elapsed)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(new
            {
                topic = parser.Topic,
                records = _count.Delivered,
                failed = _count.Failed,
                bytes = _bytes,
                seconds = Math.Round(elapsed.TotalSeconds, 3),
                partitions = _count.Partitions.Select(partition => new
                {
                    partition = partition.Key,
                    records = partition.Value.Count,
                    firstOffset = partition.Value.First,
                    lastOffset = partition.Value.Last,
                }),
            });
        }
        else
        {
            string rate = _count.Delivered > 1 && elapsed > TimeSpan.Zero ? $", {Numbers.Of(_count.Delivered / elapsed.TotalSeconds, 0)} records/s" : "";
            string where = _count.Partitions.Count == 1 && _count.Partitions.Single() is { Value.First: >= 0 } only
                ? $", partition {only.Key}, offset {only.Value.First}{(only.Value.Last > only.Value.First ? $" to {only.Value.Last}" : "")}"
                : "";
            context.Output.Say($"Sent {Numbers.Count(_count.Delivered, "record")} to {parser.Topic}{where} ({Numbers.Of(elapsed.TotalSeconds, 2)} s{rate}).");
        }

        if (_count.FirstFailure is { } failure)
        {
            throw new CommandFailedException(ExitCode.Failed, $"{Numbers.Count(_count.Failed, "record")} not delivered: {failure.Message}");
        }
    }
}
