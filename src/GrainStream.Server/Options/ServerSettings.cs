using System.Globalization;
using GrainStream.Runtime.Tiering;
using GrainStream.Runtime.Tiering.Compaction;
using GrainStream.Storage.FileSystem;

namespace GrainStream.Server.Options;

/// <summary>
/// Every setting of the server below <c>GrainStream:</c>, declared once: the reader checks by these, <c>--help</c> prints them, and
/// a test holds the README's table to them. Kafka's own names stand below <c>GrainStream:Broker:</c> and are declared in Core.
/// </summary>
public static class ServerSettings
{
    /// <summary>Folder of the settings that have Kafka's own names.</summary>
    public const string BrokerFolder = "Broker";

    private static readonly FileJournalOptions Journal = new() { DataDirectory = "data" };
    private static readonly TieringOptions Tiering = new();

    public static readonly Setting<string> DataDirectory = new(
        "DataDirectory", "data",
        "Directory of everything the broker keeps; made if missing. A relative path counts from the directory the server is started in.",
        Directory);

    public static readonly Setting<IReadOnlyList<ListenAddress>> KafkaListen = new(
        "Kafka:Listen", "127.0.0.1:9092",
        "Addresses for Kafka clients, address:port, several separated by commas. Port 0 takes any free one. Default: this machine only, "
        + "because nothing is authenticated yet.",
        Addresses);

    public static readonly Setting<AdvertisedAddress?> KafkaAdvertise = new(
        "Kafka:Advertise", "",
        "Host or host:port that clients are told to connect to. Default: the address they reached the server by. To be set when "
        + "listening on 0.0.0.0 or [::], where that may be an address only this machine knows.",
        Advertised);

    public static readonly Setting<IReadOnlyList<ListenAddress>> HttpListen = new(
        "Http:Listen", "127.0.0.1:8080",
        "Addresses for /healthz and /metrics, as for Kafka:Listen; \"off\" for none.",
        AddressesOrOff);

    public static readonly Setting<long> JournalMaxBytes = new(
        "Journal:MaxBytes", ByteSize.Format(Journal.MaxBytes),
        "Local disk space for the journal: what it holds is moved to the object store before, and producers are slowed down while that lags. "
        + "At least 4 files, 64KiB to 1TiB.",
        Bytes(FileJournalOptions.MinFileBytes * FileJournalOptions.MinFiles, 1L << 40, multipleOf: 1));

    public static readonly Setting<long?> JournalFileBytes = new(
        "Journal:FileBytes", "",
        "Size of one journal file, allocated in advance and given back as a whole. A multiple of 4096, 16KiB to 1TiB. Default: a sixteenth of "
        + "Journal:MaxBytes, from 16MiB to 256MiB.",
        BytesOrNone(FileJournalOptions.MinFileBytes, 1L << 40, multipleOf: 4096));

    public static readonly Setting<long> JournalTailMemoryBytes = new(
        "Journal:TailMemoryBytes", ByteSize.Format(Journal.TailMemoryBytes),
        "Memory for recent records: write buffer and cache of every partition's tail. Older records are read from disk. 16MiB to 1TiB.",
        Bytes((long)FileJournalOptions.MinSlabs * Journal.SlabBytes, 1L << 40, multipleOf: 1));

    public static readonly Setting<long> JournalMaxPendingBytes = new(
        "Journal:MaxPendingBytes", ByteSize.Format(Journal.MaxPendingBytes),
        "Bytes waiting for the disk from which on producers are slowed down. 1MiB to 16GiB.",
        Bytes(1L << 20, 16L << 30, multipleOf: 1));

    public static readonly Setting<bool> JournalDirectIo = new(
        "Journal:DirectIo", "true",
        "Write past the page cache where the file system can (Linux): a tenth of the CPU time. true or false.",
        Flag);

    public static readonly Setting<bool> JournalAcceptDamage = new(
        "Journal:AcceptDamage", "false",
        "What to do when stored records turn out damaged. false: refuse to start. true, for one start: set the damaged file and everything "
        + "after it aside and start without it; acknowledged records after that point are lost.",
        Flag);

    public static readonly Setting<StorageKind> StorageKind = new(
        "Storage:Kind", "FileSystem",
        "What keeps the history, that is, everything older than the journal: FileSystem (a directory) or AzureBlob (a container of Azure Blob Storage).",
        StorageOptionsReader.Kind);

    public static readonly Setting<string> StorageDirectory = new(
        "Storage:Directory", "",
        "With FileSystem: directory of the history, made if missing. Default: objects in the data directory.",
        StorageOptionsReader.Text);

    public static readonly Setting<string> StorageAzureConnectionString = new(
        "Storage:Azure:ConnectionString", "",
        "With AzureBlob, one way in: connection string of the storage account, or UseDevelopmentStorage=true for Azurite. A secret; best given by the environment.",
        StorageOptionsReader.Text) { IsSecret = true };

    public static readonly Setting<Uri?> StorageAzureContainerUri = new(
        "Storage:Azure:ContainerUri", "",
        "With AzureBlob, the other way in: the container's address, such as https://account.blob.core.windows.net/grainstream; with a SAS in its query (then it is "
        + "a secret), or without one for a managed identity.",
        StorageOptionsReader.ContainerUri) { IsSecret = true };

    public static readonly Setting<string> StorageAzureContainer = new(
        "Storage:Azure:Container", "grainstream",
        "With Storage:Azure:ConnectionString: the container, made if missing.",
        StorageOptionsReader.Container);

    public static readonly Setting<long> StorageMaxSegmentBytes = new(
        "Storage:MaxSegmentBytes", ByteSize.Format(Tiering.MaxSegmentBytes),
        "Largest segment made, whatever a topic's segment.bytes. Larger ones cost fewer calls of the object store, and need more of the journal before they "
        + "are full. 1MiB to 1GiB.",
        Bytes(1L << 20, 1L << 30, multipleOf: 1));

    public static readonly Setting<long> StorageMaxConcurrentUploads = new(
        "Storage:MaxConcurrentUploads", Tiering.MaxConcurrentUploads.ToString(CultureInfo.InvariantCulture),
        "Operations on the object store at a time; each upload takes 16 MiB of memory. More help with a store that is far away. 1 to 64.",
        Number(1, 64));

    public static readonly Setting<long> StorageCacheBytes = new(
        "Storage:CacheBytes", ByteSize.Format(Tiering.CacheBytes),
        "Memory for records read from the object store, shared by all readers. 16MiB to 1TiB.",
        Bytes(16L << 20, 1L << 40, multipleOf: 1));

    public static readonly Setting<long> StorageShutdownUploadBytes = new(
        "Storage:ShutdownUploadBytes", ByteSize.Format(Tiering.ShutdownUploadBytes),
        "When the server stops, records of a partition that are not in the object store are uploaded from this size on. Less stays in the journal, as "
        + "safe, for the next start. 1 byte to 1TiB.",
        Bytes(1, 1L << 40, multipleOf: 1));

    public static readonly Setting<long> StorageShutdownSeconds = new(
        "Storage:ShutdownSeconds", ((long)Tiering.ShutdownLimit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        "Longest time that stopping spends on these uploads. 0 to 3600; 0 for no uploads.",
        Number(0, 3600));

    public static readonly Setting<long> CompactionMapBytes = new(
        "Compaction:MapBytes", ByteSize.Format(Tiering.Compaction.MapBytes),
        "Memory for the keys of one pass of compaction, 32 bytes for each key. A partition with more new keys takes several passes. 1MiB to 32GiB.",
        Bytes(CompactionOptions.MinMapBytes, CompactionOptions.MaxMapBytes, multipleOf: 1));

    /// <summary>In the order they are shown.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        DataDirectory, KafkaListen, KafkaAdvertise, HttpListen,
        JournalMaxBytes, JournalFileBytes, JournalTailMemoryBytes, JournalMaxPendingBytes, JournalDirectIo, JournalAcceptDamage,
        StorageKind, StorageDirectory, StorageAzureConnectionString, StorageAzureContainerUri, StorageAzureContainer,
        StorageMaxSegmentBytes, StorageMaxConcurrentUploads, StorageCacheBytes, StorageShutdownUploadBytes, StorageShutdownSeconds,
        CompactionMapBytes,
    ];

    private static bool Directory(string text, out string value, out string mend)
    {
        value = text.Trim();
        mend = "It is empty. Name a directory to keep data in.";
        return value.Length > 0;
    }

    private static bool AddressesOrOff(string text, out IReadOnlyList<ListenAddress> value, out string mend)
    {
        (value, mend) = ([], "");
        return text.Trim().Equals("off", StringComparison.OrdinalIgnoreCase) || Addresses(text, out value, out mend);
    }

    private static bool Addresses(string text, out IReadOnlyList<ListenAddress> value, out string mend)
    {
        List<ListenAddress> addresses = [];
        (value, mend) = (addresses, "");
        foreach (string part in text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ListenAddress.TryParse(part, out ListenAddress address, out mend))
            {
                return false;
            }

            if (address.EndPoint.Port != 0 && addresses.Contains(address))
            {
                mend = $"{address} stands there twice. Leave one out.";
                return false;
            }

            addresses.Add(address);
        }

        mend = "It is empty. Write address:port, such as 127.0.0.1:9092.";
        return addresses.Count > 0;
    }

    private static bool Advertised(string text, out AdvertisedAddress? value, out string mend)
    {
        (value, mend) = (null, "");
        if (text.Trim().Length == 0)
        {
            return true;
        }

        bool valid = AdvertisedAddress.TryParse(text, out AdvertisedAddress address, out mend);
        value = address;
        return valid;
    }

    private static bool Flag(string text, out bool value, out string mend)
    {
        mend = "Write true or false.";
        return bool.TryParse(text.Trim(), out value);
    }

    private static Setting<long?>.Parser BytesOrNone(long least, long most, long multipleOf) => (string text, out long? value, out string mend) =>
    {
        (value, mend) = (null, "");
        if (text.Trim().Length == 0)
        {
            return true;
        }

        bool valid = Bytes(least, most, multipleOf)(text, out long bytes, out mend);
        value = bytes;
        return valid;
    };

    private static Setting<long>.Parser Number(long least, long most) => (string text, out long value, out string mend) =>
    {
        mend = string.Create(CultureInfo.InvariantCulture, $"Write a whole number from {least} to {most}.");
        return long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
    };

    private static Setting<long>.Parser Bytes(long least, long most, long multipleOf) => (string text, out long value, out string mend) =>
    {
        mend = "";
        if (!ByteSize.TryParse(text, out value))
        {
            mend = "It is not a number of bytes. Write one such as 268435456, or with a unit: 256MiB, 1GiB.";
        }
        else if (value < least || value > most)
        {
            mend = string.Create(CultureInfo.InvariantCulture, $"It must be from {ByteSize.Format(least)} to {ByteSize.Format(most)}.");
        }
        else if (value % multipleOf != 0)
        {
            mend = string.Create(CultureInfo.InvariantCulture, $"It must be a multiple of {multipleOf}; the next is {(value / multipleOf + 1) * multipleOf}.");
        }

        return mend.Length == 0;
    };
}
