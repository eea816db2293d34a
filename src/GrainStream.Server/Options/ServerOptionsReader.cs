using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Tiering.Compaction;
using GrainStream.Storage.FileSystem;
using Microsoft.Extensions.Configuration;

namespace GrainStream.Server.Options;

/// <summary>Turns configuration into checked options, or into everything that is wrong with it.</summary>
public static class ServerOptionsReader
{
    /// <summary>Reads section <c>GrainStream</c>.</summary>
    /// <param name="configuration">All sources merged.</param>
    /// <param name="baseDirectory">What a relative <c>DataDirectory</c> counts from.</param>
    /// <param name="options">The options; to be used only if there are no problems.</param>
    /// <returns>What is wrong; empty if the server can start by these settings.</returns>
    public static IReadOnlyList<SettingProblem> Read(IConfiguration configuration, string baseDirectory, out ServerOptions options)
    {
        SettingsSection section = new(configuration);
        string dataDirectory = Path.GetFullPath(section.Read(ServerSettings.DataDirectory), baseDirectory);
        options = new ServerOptions
        {
            KafkaListen = section.Read(ServerSettings.KafkaListen),
            KafkaAdvertise = section.Read(ServerSettings.KafkaAdvertise),
            HttpListen = section.Read(ServerSettings.HttpListen),
            Journal = ReadJournal(section, dataDirectory),
            Storage = StorageOptionsReader.Read(section, dataDirectory, baseDirectory),
            Tiering = new TieringOptions
            {
                MaxSegmentBytes = section.Read(ServerSettings.StorageMaxSegmentBytes),
                MaxConcurrentUploads = (int)section.Read(ServerSettings.StorageMaxConcurrentUploads),
                CacheBytes = section.Read(ServerSettings.StorageCacheBytes),
                ShutdownUploadBytes = section.Read(ServerSettings.StorageShutdownUploadBytes),
                Compaction = new CompactionOptions { MapBytes = section.Read(ServerSettings.CompactionMapBytes) },
                ShutdownLimit = TimeSpan.FromSeconds(section.Read(ServerSettings.StorageShutdownSeconds)),
            },
            Broker = ReadBroker(section),
        };
        RequireReachable(section, options);
        RequireDistinct(section, options);
        section.RefuseUnknown(ServerSettings.All, ServerSettings.BrokerFolder);
        return section.Problems;
    }

    private static FileJournalOptions ReadJournal(SettingsSection section, string dataDirectory)
    {
        var journal = new FileJournalOptions
        {
            DataDirectory = dataDirectory,
            MaxBytes = section.Read(ServerSettings.JournalMaxBytes),
            TailMemoryBytes = section.Read(ServerSettings.JournalTailMemoryBytes),
            MaxPendingBytes = section.Read(ServerSettings.JournalMaxPendingBytes),
            DirectIo = section.Read(ServerSettings.JournalDirectIo),
            AcceptDamage = section.Read(ServerSettings.JournalAcceptDamage),
        };
        if (section.Read(ServerSettings.JournalFileBytes) is { } fileBytes)
        {
            journal = journal with { FileBytes = fileBytes };
        }

        if (journal.MaxBytes / FileJournalOptions.MinFiles < journal.FileBytes
            && !section.HasProblem(ServerSettings.JournalMaxBytes) && !section.HasProblem(ServerSettings.JournalFileBytes))
        {
            section.Refuse(
                ServerSettings.JournalMaxBytes,
                ByteSize.Format(journal.MaxBytes),
                $"It must have room for {FileJournalOptions.MinFiles} files of GrainStream:Journal:FileBytes, {ByteSize.Format(journal.FileBytes)} each. "
                + "Set this higher or that lower.");
        }

        return journal;
    }

    // One problem for each setting, then those that show only when the right ones are taken together.
    private static BrokerConfig ReadBroker(SettingsSection section)
    {
        Dictionary<string, string?> valid = new(StringComparer.Ordinal);
        foreach ((string written, string value) in section.Children(ServerSettings.BrokerFolder))
        {
            // Kafka's names have no underscores, and shells allow no dots in the names of variables.
            string name = written.Replace('_', '.').ToLowerInvariant();
            string key = $"{ServerSettings.BrokerFolder}:{written}";
            if (!BrokerConfigs.All.TryGetValue(name, out ConfigDefinition? definition))
            {
                string? nearest = NearestName.Of(name, BrokerConfigs.All.Keys);
                section.Refuse(key, value, "There is no such broker setting."
                    + (nearest is null ? " --help lists those there are." : $" Did you mean {SettingsSection.Name}:{ServerSettings.BrokerFolder}:{nearest}?"));
            }
            else if (!definition.TryParse(value, out _, out string? error))
            {
                section.Refuse(key, value, error ?? "");
            }
            else if (!valid.TryAdd(name, value))
            {
                section.Refuse(key, value, "It is set twice, once with dots and once with underscores. Leave one out.");
            }
        }

        if (!BrokerConfig.TryCreate(valid, out BrokerConfig config, out IReadOnlyList<string> errors))
        {
            foreach (string error in errors)
            {
                section.Refuse(ServerSettings.BrokerFolder, null, error);
            }
        }

        return config;
    }

    // Left out, each client is told the address it reached: behind a container's published port that is one it cannot reach.
    private static void RequireReachable(SettingsSection section, ServerOptions options)
    {
        ListenAddress? wildcard = options.KafkaListen.Where(address => address.IsWildcard).Select(address => (ListenAddress?)address).FirstOrDefault();
        if (wildcard is { } listen && options.KafkaAdvertise is null && !section.HasProblem(ServerSettings.KafkaAdvertise))
        {
            section.Refuse(
                ServerSettings.KafkaAdvertise,
                null,
                $"It must be set when listening on every address ({listen}): clients need one name or address to connect to. "
                + $"For example {Environment.MachineName}:{(listen.EndPoint.Port == 0 ? 9092 : listen.EndPoint.Port)}.");
        }
    }

    private static void RequireDistinct(SettingsSection section, ServerOptions options)
    {
        foreach (ListenAddress address in options.HttpListen.Where(address => address.EndPoint.Port != 0 && options.KafkaListen.Contains(address)))
        {
            section.Refuse(ServerSettings.HttpListen, address.ToString(), "GrainStream:Kafka:Listen has the same address and port. Give one of them another port.");
        }
    }
}
