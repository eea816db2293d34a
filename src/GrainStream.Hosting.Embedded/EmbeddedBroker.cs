using System.Diagnostics.Metrics;
using GrainStream.Core.Topics.Configs;
using GrainStream.Runtime;
using GrainStream.Runtime.Ports;
using GrainStream.Storage.FileSystem;
using Microsoft.Extensions.Logging;

namespace GrainStream.Hosting.Embedded;

/// <summary>Hosts a whole broker in this process: one node, its data in one directory, no cluster.</summary>
public static class EmbeddedBroker
{
    /// <summary>
    /// Opens the broker of a data directory, creating the directory if need be. Dispose it to stop in good order.
    /// </summary>
    /// <param name="journal">Where the data is and how the journal is kept.</param>
    /// <param name="settings">Broker settings under Kafka's names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Where instruments are made; null for meters of their own.</param>
    /// <param name="loggers">Where the node reports.</param>
    /// <exception cref="StorageUnavailableException">The directory is in use by another process, or cannot be read or written.</exception>
    /// <exception cref="CorruptDataException">What is stored is damaged; the message says where and what the choices are.</exception>
    public static Broker Open(
        FileJournalOptions journal, BrokerConfig settings, TimeProvider time, IMeterFactory? meters, ILoggerFactory loggers)
    {
        var options = new BrokerOptions { Identity = NodeIdentityFile.ReadOrCreate(journal.DataDirectory), Settings = settings };
        return Broker.Open(
            options,
            replay => FileJournal.Open(journal, replay, time, loggers.CreateLogger<FileJournal>(), new JournalInstruments(meters)),
            time,
            meters,
            loggers.CreateLogger<Broker>());
    }
}
