using System.Collections.Immutable;
using GrainStream.Protocol.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GrainStream.Protocol.Tests.Generator;

public class MessageGeneratorTests
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    [Fact]
    public void A_sound_message_compiles_without_complaint()
    {
        const string Source = """
            [KafkaMessage(ApiKey.Fetch, MessageKind.Request, "1-3", Flexible = "2+")]
            public sealed partial class Sound
            {
                [Field(Nullable = "2+")] public string? Name { get; set; }
                [Field("2+", Tag = 0)] public Inner[] Inners { get; set; } = [];
                [Field("3+")] public ErrorCode Code { get; set; } = ErrorCode.CorruptMessage;

                [KafkaStruct]
                public sealed partial class Inner
                {
                    [Field] public Guid Id { get; set; }
                }
            }
            """;
        (ImmutableArray<Diagnostic> complaints, Compilation compilation) = Run(Source);
        Assert.Empty(complaints);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }

    [Theory]
    [InlineData("3+", "none")]
    [InlineData("none", "none")]
    [InlineData("5-3", "none")]
    [InlineData("", "none")]
    [InlineData("a-b", "none")]
    [InlineData("1--2", "none")]
    [InlineData("1++", "none")]
    [InlineData("0-3", "2-3")]
    [InlineData("0-3", "x")]
    public void A_bad_version_range_of_a_message_is_reported(string versions, string flexible) => AssertReports(
        "GSP001",
        $$"""
        [KafkaMessage(ApiKey.Fetch, MessageKind.Request, "{{versions}}", Flexible = "{{flexible}}")]
        public sealed partial class Bad;
        """);

    [Theory]
    [InlineData("[Field(\"x\")] public int Value { get; set; }")]
    [InlineData("[Field(\"4-2\")] public int Value { get; set; }")]
    [InlineData("[Field(Nullable = \"2-\")] public string? Value { get; set; }")]
    [InlineData("[Field(Tag = 1, TaggedVersions = \"?\")] public int Value { get; set; }")]
    public void A_bad_version_range_of_a_field_is_reported(string field) => AssertReports("GSP001", Data(field));

    [Theory]
    [InlineData("decimal")]
    [InlineData("object")]
    [InlineData("int?")]
    [InlineData("byte")]
    [InlineData("ulong")]
    [InlineData("int[][]")]
    [InlineData("int[,]")]
    [InlineData("string?[]")]
    [InlineData("RecordSet?")]
    [InlineData("RecordSet[]")]
    [InlineData("System.Collections.Generic.List<int>")]
    [InlineData("Bad")]
    [InlineData("NoStruct")]
    public void A_type_without_a_wire_form_is_reported(string type) =>
        AssertReports("GSP002", Data($"[Field] public {type} Value {{ get; set; }}", "public sealed partial class NoStruct;"));

    [Fact]
    public void A_tag_used_twice_is_reported() => AssertReports(
        "GSP003", Data("[Field(Tag = 4)] public int First { get; set; } [Field(Tag = 4)] public int Second { get; set; }"));

    [Theory]
    [InlineData("[KafkaMessage(MessageKind.Data, \"0\")] public sealed class Bad;")]
    [InlineData("[KafkaMessage(MessageKind.Data, \"0\")] public partial class Bad;")]
    [InlineData("[KafkaMessage(MessageKind.Data, \"0\")] public sealed partial class Bad<T>;")]
    [InlineData("public partial class Outer { [KafkaMessage(MessageKind.Data, \"0\")] public sealed partial class Bad; }")]
    [InlineData("[KafkaMessage(MessageKind.Request, \"0\")] public sealed partial class Bad;")]
    [InlineData("[KafkaMessage(ApiKey.Fetch, MessageKind.Data, \"0\")] public sealed partial class Bad;")]
    public void A_message_of_the_wrong_shape_is_reported(string source) => AssertReports("GSP004", source);

    [Fact]
    public void A_structure_of_the_wrong_shape_is_reported() => AssertReports(
        "GSP004", Data("[Field] public Inner[] Value { get; set; } = [];", "[KafkaStruct] public sealed class Inner;"));

    [Theory]
    [InlineData("[Field(TaggedVersions = \"2+\")] public int Value { get; set; }")]
    [InlineData("[Field(\"0+\", Tag = 1, TaggedVersions = \"0-1\")] public int Value { get; set; }")]
    [InlineData("[Field(\"2+\", Tag = 1, TaggedVersions = \"1+\")] public int Value { get; set; }")]
    public void A_tag_that_does_not_fit_its_versions_is_reported(string field) => AssertReports("GSP005", Data(field));

    [Fact]
    public void A_tag_outside_the_flexible_versions_is_reported() => AssertReports(
        "GSP005",
        """
        [KafkaMessage(MessageKind.Data, "0-3", Flexible = "2+")]
        public sealed partial class Bad
        {
            [Field("1+", Tag = 0)] public int Value { get; set; }
        }
        """);

    [Theory]
    [InlineData("[Field(Nullable = \"1+\")] public string Value { get; set; } = \"\";")]
    [InlineData("[Field(Nullable = \"1+\")] public int[] Value { get; set; } = [];")]
    [InlineData("[Field(\"1+\")] public Inner Value { get; set; } = new();")]
    [InlineData("[Field(Tag = 0)] public Inner Value { get; set; } = new();")]
    [InlineData("[Field(Tag = 0, Nullable = \"0+\")] public Inner? Value { get; set; }")]
    public void Null_that_cannot_be_is_reported(string field) =>
        AssertReports("GSP006", Data(field, "[KafkaStruct] public sealed partial class Inner;"));

    [Theory]
    [InlineData("[Field] public int Value { get; }")]
    [InlineData("[Field] public int Value { get; init; }")]
    [InlineData("[Field] public int Value { get; set; } = System.Environment.TickCount;")]
    [InlineData("[Field] public int[] Value { get; set; } = [1];")]
    [InlineData("[Field] public Guid Value { get; set; } = Guid.NewGuid();")]
    public void A_property_that_cannot_be_a_field_is_reported(string field) => AssertReports("GSP007", Data(field));

    [Fact]
    public void A_structure_within_itself_is_reported() => AssertReports(
        "GSP008",
        Data(
            "[Field] public Inner[] Value { get; set; } = [];",
            "[KafkaStruct] public sealed partial class Inner { [Field] public Inner[] Inners { get; set; } = []; }"));

    [Fact]
    public void A_complaint_says_where_and_what()
    {
        Diagnostic complaint = Assert.Single(Run(Data("[Field] public decimal Price { get; set; }")).Complaints);
        Assert.Equal("Field Price has type decimal, which has no form on the wire", complaint.GetMessage(null));
        Assert.Equal("Test.cs", complaint.Location.GetLineSpan().Path);
        Assert.True(complaint.Location.GetLineSpan().StartLinePosition.Line > 0);
    }

    [Fact]
    public void An_unrelated_edit_does_not_emit_a_message_again()
    {
        CSharpCompilation compilation = Compile(Data("[Field] public int Value { get; set; }"));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new MessageGenerator().AsSourceGenerator()],
            driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(compilation);
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;")));

        IEnumerable<IncrementalStepRunReason> reasons = driver.GetRunResult().Results.Single().TrackedOutputSteps
            .SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason);
        Assert.NotEmpty(reasons);
        Assert.DoesNotContain(reasons, reason => reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    private static string Data(string fields, string nested = "") => $$"""
        [KafkaMessage(MessageKind.Data, "0-3", Flexible = "0+")]
        public sealed partial class Bad
        {
            {{fields}}
            {{nested}}
        }
        """;

    private static void AssertReports(string id, string source)
    {
        ImmutableArray<Diagnostic> complaints = Run(source).Complaints;
        Assert.NotEmpty(complaints);
        Assert.All(complaints, complaint => Assert.Equal(id, complaint.Id));
    }

    private static (ImmutableArray<Diagnostic> Complaints, Compilation Compilation) Run(string source)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new MessageGenerator());
        driver.RunGeneratorsAndUpdateCompilation(Compile(source), out Compilation compilation, out ImmutableArray<Diagnostic> complaints);
        return (complaints, compilation);
    }

    private static CSharpCompilation Compile(string source)
    {
        const string Head = """
            using System;
            using GrainStream.Protocol;
            using GrainStream.Protocol.Schema;
            using GrainStream.Protocol.Wire;
            namespace Tests;

            """;
        return CSharpCompilation.Create(
            "Tests",
            [CSharpSyntaxTree.ParseText(Head + source, path: "Test.cs")],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
