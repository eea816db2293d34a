using GrainStream.TestKit;

namespace GrainStream.Conformance.Tests;

/// <summary>A Kafka client library or program that the tests run.</summary>
/// <param name="Name">What it is called in test names.</param>
/// <param name="Program">What is run.</param>
/// <param name="Arguments">Its first arguments: the script.</param>
/// <param name="Codecs">Compression it can write.</param>
/// <param name="ReadableCodecs">Compression it can read.</param>
public sealed record Client(string Name, string Program, string[] Arguments, string[] Codecs, string[] ReadableCodecs)
{
    private static readonly string[] AllCodecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    private static readonly string[] NoneAndGzip = ["none", "gzip"];
    private static readonly string Scripts = Path.Combine(Repository.Root, "tests", "GrainStream.Conformance.Tests", "clients");
    private static readonly string Python = Environment.GetEnvironmentVariable("GRAINSTREAM_PYTHON") ?? "/usr/bin/python3";

    /// <summary>kcat, the command-line client (librdkafka).</summary>
    public static readonly Client Kcat = new("kcat", "kcat", [], AllCodecs, AllCodecs);

    /// <summary>python3-confluent-kafka (librdkafka).</summary>
    public static readonly Client Confluent = new("confluent-kafka", Python, [Path.Combine(Scripts, "python", "confluent_client.py")], AllCodecs, AllCodecs);

    /// <summary>python3-kafka, a client in pure Python; Debian has the libraries for every codec.</summary>
    public static readonly Client KafkaPython = new("kafka-python", Python, [Path.Combine(Scripts, "python", "kafka_python_client.py")], AllCodecs, AllCodecs);

    /// <summary>kafkajs, a client in JavaScript; it brings gzip, other codecs are for applications to plug in.</summary>
    public static readonly Client Kafkajs = new("kafkajs", "node", [Path.Combine(Scripts, "kafkajs", "client.js")], NoneAndGzip, NoneAndGzip);

    /// <summary><see cref="Confluent"/> as a member of groups.</summary>
    public static readonly Client ConfluentGroups = Confluent with { Arguments = [Script("python", "confluent_groups.py")] };

    /// <summary><see cref="KafkaPython"/> as a member of groups.</summary>
    public static readonly Client KafkaPythonGroups = KafkaPython with { Arguments = [Script("python", "kafka_python_groups.py")] };

    /// <summary><see cref="Kafkajs"/> as a member of groups.</summary>
    public static readonly Client KafkajsGroups = Kafkajs with { Arguments = [Script("kafkajs", "groups.js")] };

    /// <summary>@confluentinc/kafka-javascript, a recent librdkafka that knows both group protocols, as a member of groups; test.sh builds it.</summary>
    public static readonly Client KafkaJavaScriptGroups = new("kafka-javascript", "node", [Script("kafka-javascript", "groups.js")], NoneAndGzip, NoneAndGzip);

    /// <summary>The same recent librdkafka from C, for what its bindings lack; made by the tests from clients/group_offsets.c.</summary>
    public static readonly Client LibrdkafkaGroups = new("librdkafka", Path.Combine(Repository.Root, "artifacts", "clients", "group_offsets"), [], NoneAndGzip, NoneAndGzip);

    /// <summary><see cref="Confluent"/> with its scenarios of long histories.</summary>
    public static readonly Client ConfluentHistory = Confluent with { Arguments = [Path.Combine(Scripts, "python", "confluent_history.py")] };

    /// <summary><see cref="KafkaPython"/> with its scenarios of long histories.</summary>
    public static readonly Client KafkaPythonHistory = KafkaPython with { Arguments = [Path.Combine(Scripts, "python", "kafka_python_history.py")] };

    /// <summary><see cref="Kafkajs"/> with its scenarios of long histories.</summary>
    public static readonly Client KafkajsHistory = Kafkajs with { Arguments = [Path.Combine(Scripts, "kafkajs", "history.js")] };

    /// <summary>Every client.</summary>
    public static readonly IReadOnlyList<Client> All = [Kcat, Confluent, KafkaPython, Kafkajs];

    /// <summary>The client of that name.</summary>
    public static Client Of(string name) => All.Single(client => client.Name == name);

    /// <summary>The scenarios of long histories of the client of that name.</summary>
    public static Client HistoryOf(string name) =>
        ((Client[])[ConfluentHistory, KafkaPythonHistory, KafkajsHistory]).Single(client => client.Name == name);

    /// <summary>Path of a script in clients/.</summary>
    public static string Script(string folder, string file) => Path.Combine(Scripts, folder, file);

    public override string ToString() => Name;
}
