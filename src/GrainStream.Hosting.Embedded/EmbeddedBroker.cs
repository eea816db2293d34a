using System.Diagnostics.Metrics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime;
using GrainStream.Runtime.Ports;
using GrainStream.Runtime.Tiering;
using GrainStream.Storage.FileSystem;
using GrainStream.Storage.FileSystem.Objects;
using Microsoft.Extensions.Logging;

namespace GrainStream.Hosting.Embedded;

/// <summary>Hosts a whole broker in this process: one node, its data in one directory, no cluster.</summary>
public static class EmbeddedBroker
{
    /// <summary>Folder of the data directory that objects are kept in, unless there is another store.</summary>
    public const string ObjectsFolder = "objects";

    /// <summary>
    /// Opens the broker of a data directory, creating the directory if need be. Its log stays in the journal until <see cref="Broker.StartTieringAsync"/>.
    /// Dispose it to stop in good order.
    /// </summary>
    /// <param name="journal">Where the data is and how the journal is kept.</param>
    /// <param name="settings">Broker settings under Kafka's names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Where instruments are made; null for meters of their own.</param>
    /// <param name="loggers">Where the node reports.</param>
    /// <param name="tiering">How the log moves to the object store; null for the defaults.</param>
    /// <param name="store">Where the objects are and how that is opened, when it is needed first; null for files in the data directory.</param>
    /// <exception cref="StorageUnavailableException">The directory is in use by another process, or cannot be read or written.</exception>
    /// <exception cref="CorruptDataException">What is stored is damaged; the message says where and what the choices are.</exception>
    public static Broker Open(
        FileJournalOptions journal,
        BrokerConfig settings,
        TimeProvider time,
        IMeterFactory? meters,
        ILoggerFactory loggers,
        TieringOptions? tiering = null,
        (string Location, Func<CancellationToken, Task<IObjectStore>> OpenAsync)? store = null)
    {
        var options = new BrokerOptions
        {
            Identity = NodeIdentityFile.ReadOrCreate(journal.DataDirectory),
            Settings = settings,
            Tiering = (tiering ?? new TieringOptions()) with
            {
                JournalMemoryBytes = journal.TailMemoryBytes,
                JournalMayBeCut = journal.AcceptDamage,
            },
        };
        options.Tiering.Validate();
        return Broker.Open(
            options,
            replay => FileJournal.Open(journal, replay, time, loggers.CreateLogger<FileJournal>(), new JournalInstruments(meters)),
            () => store is { } other ? new DeferredObjectStore(other.Location, other.OpenAsync) : OpenFiles(journal.DataDirectory, time),
            time,
            meters,
            loggers.CreateLogger<Broker>());
    }

    private static FileObjectStore OpenFiles(string dataDirectory, TimeProvider time) =>
        FileObjectStore.Open(new FileObjectStoreOptions { Directory = Path.Combine(dataDirectory, ObjectsFolder) }, time);
}
