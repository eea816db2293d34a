using System.Collections.Immutable;
using System.Text;
using GrainStream.Protocol.Generator.Emission;
using GrainStream.Protocol.Generator.Model;
using GrainStream.Protocol.Generator.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace GrainStream.Protocol.Generator;

/// <summary>Adds codecs to the classes declared as Kafka messages.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class MessageGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParseResult> results = context.SyntaxProvider.ForAttributeWithMetadataName(
            KnownNames.MessageAttribute,
            static (node, _) => node is ClassDeclarationSyntax,
            static (attributed, cancellation) => MessageParser.Parse(attributed, cancellation));

        context.RegisterSourceOutput(results, static (output, result) =>
        {
            foreach (DiagnosticInfo diagnostic in result.Diagnostics)
            {
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
            }

            if (result.Message is { } message)
            {
                output.AddSource($"{message.Namespace}.{message.Name}.g.cs", Text(MessageEmitter.Emit(message)));
            }
        });

        IncrementalValueProvider<ImmutableArray<MessageModel>> requests = results
            .Select(static (result, _) => result.Message)
            .Where(static message => message is { IsRequest: true })
            .Select(static (message, _) => message!)
            .Collect();
        context.RegisterSourceOutput(requests, static (output, messages) =>
        {
            if (!messages.IsEmpty)
            {
                output.AddSource("RequestVersions.g.cs", Text(MessageEmitter.EmitRequestVersions(messages)));
            }
        });
    }

    private static SourceText Text(string code) => SourceText.From(code, Encoding.UTF8);
}
