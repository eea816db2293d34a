using System.Globalization;
using GrainStream.Protocol.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>Turns the declaration of one message into a model, or into complaints.</summary>
internal sealed class MessageParser
{
    // MessageKind's members, by value.
    private const int RequestKind = 0;
    private const int DataKind = 2;

    private readonly INamedTypeSymbol _message;
    private readonly CancellationToken _cancellation;
    private readonly List<DiagnosticInfo> _diagnostics = [];
    private readonly Dictionary<INamedTypeSymbol, VersionRange> _structVersions = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> _structs = [];
    private readonly FieldParser _fields;

    private MessageParser(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        _message = (INamedTypeSymbol)context.TargetSymbol;
        _cancellation = cancellation;
        _fields = new FieldParser(_message, context.SemanticModel.Compilation, _diagnostics);
    }

    public static ParseResult Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var parser = new MessageParser(context, cancellation);
        MessageModel? message = parser.ParseMessage(context.Attributes[0]);
        bool failed = parser._diagnostics.Count > 0;
        return new ParseResult(failed ? null : message, new EquatableArray<DiagnosticInfo>([.. parser._diagnostics.Distinct()]));
    }

    private MessageModel? ParseMessage(AttributeData attribute)
    {
        // Without its arguments the attribute does not compile, and the compiler has said so.
        if (attribute.ConstructorArguments.Length < 2)
        {
            return null;
        }

        bool hasKey = attribute.ConstructorArguments.Length == 3;
        short? key = hasKey ? attribute.ConstructorArguments[0].Value as short? : null;
        int kind = attribute.ConstructorArguments[hasKey ? 1 : 0].Value as int? ?? DataKind;
        string versionsText = attribute.ConstructorArguments[hasKey ? 2 : 1].Value as string ?? "";
        string flexibleText = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Flexible").Value.Value as string ?? "none";

        if (!CheckShape(_message, isMessage: true)
            || !CheckKind(hasKey, kind)
            || !ParseVersions(versionsText, flexibleText, out VersionRange versions, out VersionRange flexible))
        {
            return null;
        }

        _fields.Flexible = flexible;
        FindStructs(_message, versions, []);
        if (_diagnostics.Count > 0)
        {
            return null;
        }

        StructModel[] structs = [.. _structs.Select(s => new StructModel(
            PathOf(s), _structVersions[s], ParseFields(s, _structVersions[s])))];
        string[] names = [.. _message.GetMembers()
            .Where(member => member is IPropertySymbol or IFieldSymbol or INamedTypeSymbol)
            .Select(member => member.Name)];
        return new MessageModel(
            _message.ContainingNamespace.ToDisplayString(),
            _message.Name,
            kind switch
            {
                RequestKind => KnownNames.RequestInterface,
                DataKind => KnownNames.MessageInterface,
                _ => KnownNames.ResponseInterface,
            },
            key,
            kind == RequestKind,
            flexible,
            new StructModel(_message.Name, versions, ParseFields(_message, versions)),
            new EquatableArray<StructModel>(structs),
            new EquatableArray<string>(names));
    }

    private bool CheckKind(bool hasKey, int kind)
    {
        if (hasKey == (kind != DataKind))
        {
            return true;
        }

        string wanted = hasKey ? "a request or a response, for it has a key" : "of kind Data, for it has no key";
        Report(Diagnostics.BadShape, _message, _message.Name, wanted);
        return false;
    }

    private bool ParseVersions(string versionsText, string flexibleText, out VersionRange versions, out VersionRange flexible)
    {
        flexible = VersionRange.None;
        if (!VersionRange.TryParse(versionsText, out versions) || versions.IsEmpty || versions.High == short.MaxValue)
        {
            Report(Diagnostics.BadVersions, _message, versionsText, _message.Name, "expected a closed range such as \"3-13\"");
            return false;
        }

        if (!VersionRange.TryParse(flexibleText, out flexible) || (!flexible.IsEmpty && flexible.High != short.MaxValue))
        {
            Report(Diagnostics.BadVersions, _message, flexibleText, _message.Name, "expected an open range such as \"9+\", or \"none\"");
            return false;
        }

        return true;
    }

    private bool CheckShape(INamedTypeSymbol type, bool isMessage)
    {
        bool isPartial = type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(_cancellation))
            .OfType<ClassDeclarationSyntax>()
            .All(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));
        if (!isPartial || !type.IsSealed || type.IsGenericType || (isMessage && type.ContainingType is not null))
        {
            Report(Diagnostics.BadShape, type, type.Name, isMessage ? "a top-level sealed partial class" : "a sealed partial class");
            return false;
        }

        return true;
    }

    /// <summary>Collects the structures that fields use, each with all versions in which it can occur.</summary>
    private void FindStructs(INamedTypeSymbol type, VersionRange versions, List<INamedTypeSymbol> path)
    {
        _cancellation.ThrowIfCancellationRequested();
        path.Add(type);
        foreach ((IPropertySymbol property, AttributeData attribute) in FieldParser.FieldsOf(type))
        {
            if (_fields.StructOf(property) is not { } nested)
            {
                continue;
            }

            if (path.Contains(nested, SymbolEqualityComparer.Default))
            {
                Report(Diagnostics.Recursion, property, nested.Name);
                continue;
            }

            if (!VersionRange.TryParse(FieldParser.VersionsText(attribute), out VersionRange fieldVersions)
                || (!_structVersions.ContainsKey(nested) && !CheckShape(nested, isMessage: false)))
            {
                continue;
            }

            VersionRange occurs = fieldVersions.Intersect(versions);
            if (!_structVersions.TryGetValue(nested, out VersionRange known))
            {
                _structs.Add(nested);
            }

            _structVersions[nested] = known.IsEmpty || !_structVersions.ContainsKey(nested) ? occurs : known.Hull(occurs);
            FindStructs(nested, occurs, path);
        }

        path.RemoveAt(path.Count - 1);
    }

    private EquatableArray<FieldModel> ParseFields(INamedTypeSymbol type, VersionRange versions)
    {
        _cancellation.ThrowIfCancellationRequested();
        var fields = new List<FieldModel>();
        var tags = new HashSet<int>();
        foreach ((IPropertySymbol property, AttributeData attribute) in FieldParser.FieldsOf(type))
        {
            if (_fields.Parse(property, attribute, versions, _structVersions) is not { } field)
            {
                continue;
            }

            if (field.Tag >= 0 && !tags.Add(field.Tag))
            {
                Report(Diagnostics.DuplicateTag, property, property.Name, field.Tag.ToString(CultureInfo.InvariantCulture));
            }

            fields.Add(field);
        }

        return new EquatableArray<FieldModel>([.. fields]);
    }

    private static string PathOf(INamedTypeSymbol type)
    {
        var names = new List<string>();
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            names.Insert(0, current.Name);
        }

        return string.Join(".", names);
    }

    private void Report(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments) =>
        _diagnostics.Add(DiagnosticInfo.Create(descriptor, symbol.Locations.FirstOrDefault(), arguments));
}
