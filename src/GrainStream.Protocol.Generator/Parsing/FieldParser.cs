using GrainStream.Protocol.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GrainStream.Protocol.Generator.Parsing;

/// <summary>Turns a property with a field attribute into a model, or into a complaint.</summary>
internal sealed class FieldParser(INamedTypeSymbol message, Compilation compilation, List<DiagnosticInfo> diagnostics)
{
    /// <summary>Flexible versions of the message.</summary>
    public VersionRange Flexible { get; set; } = VersionRange.None;

    /// <summary>Properties with the attribute, in the order of their declaration.</summary>
    public static IEnumerable<(IPropertySymbol Property, AttributeData Attribute)> FieldsOf(INamedTypeSymbol type)
    {
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            AttributeData? attribute = property.GetAttributes()
                .FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == KnownNames.FieldAttribute);
            if (attribute is not null)
            {
                yield return (property, attribute);
            }
        }
    }

    public static string? VersionsText(AttributeData attribute) =>
        attribute.ConstructorArguments.Length > 0 ? attribute.ConstructorArguments[0].Value as string : "0+";

    /// <summary>The structure that a property holds, alone or in an array; null if it holds something else.</summary>
    public INamedTypeSymbol? StructOf(IPropertySymbol property)
    {
        ITypeSymbol type = property.Type is IArrayTypeSymbol array ? array.ElementType : property.Type;
        return type is INamedTypeSymbol named
            && IsNestedInMessage(named)
            && named.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == KnownNames.StructAttribute)
                ? named.OriginalDefinition
                : null;
    }

    public FieldModel? Parse(
        IPropertySymbol property,
        AttributeData attribute,
        VersionRange structVersions,
        IReadOnlyDictionary<INamedTypeSymbol, VersionRange> structs)
    {
        if (!TryParseType(property, out FieldType? type)
            || !TryParseRange(property, VersionsText(attribute), out VersionRange versions)
            || !TryParseRange(property, Named(attribute, "Nullable") as string ?? "none", out VersionRange nullable)
            || !TryParseTag(property, attribute, structVersions, versions, out int tag, out VersionRange tagged)
            || !TryParseDefault(property, type!, out string? defaultValue))
        {
            return null;
        }

        versions = versions.Intersect(structVersions);
        var field = new FieldModel(
            property.Name,
            type!,
            versions,
            nullable.Intersect(versions),
            tagged.Intersect(versions),
            tag,
            Named(attribute, "Ignorable") is true,
            defaultValue,
            type!.IsArray ? ElementSize(property, type, versions, structs) : 0);
        return CheckNullability(property, field, structVersions) ? field : null;
    }

    private static object? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;

    private bool TryParseType(IPropertySymbol property, out FieldType? type)
    {
        ITypeSymbol symbol = property.Type;
        bool isNullable = symbol.NullableAnnotation == NullableAnnotation.Annotated;
        if (symbol is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } value)
        {
            symbol = value.TypeArguments[0];
        }

        bool isArray = symbol is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: not SpecialType.System_Byte };
        ITypeSymbol element = isArray ? ((IArrayTypeSymbol)symbol).ElementType : symbol;
        WireType? wire = WireOf(element, property);
        bool fits = wire switch
        {
            null => false,
            WireType.Records => !isArray && !isNullable,
            WireType.BorrowedBytes => !isArray,
            WireType.Struct or WireType.String or WireType.Bytes => !isArray || element.NullableAnnotation != NullableAnnotation.Annotated,
            _ => isArray || !isNullable,
        };
        type = fits
            ? new FieldType(
                wire!.Value,
                element.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
                element.TypeKind == TypeKind.Enum,
                isArray,
                isNullable)
            : null;
        if (!fits)
        {
            Report(Diagnostics.UnsupportedType, property, property.Name, property.Type.ToDisplayString());
        }

        return fits;
    }

    private WireType? WireOf(ITypeSymbol type, IPropertySymbol property)
    {
        SpecialType special = type is INamedTypeSymbol { EnumUnderlyingType: { } underlying } ? underlying.SpecialType : type.SpecialType;
        switch (special)
        {
            case SpecialType.System_Boolean: return WireType.Boolean;
            case SpecialType.System_SByte: return WireType.Int8;
            case SpecialType.System_Int16: return WireType.Int16;
            case SpecialType.System_UInt16: return WireType.UInt16;
            case SpecialType.System_Int32: return WireType.Int32;
            case SpecialType.System_UInt32: return WireType.UInt32;
            case SpecialType.System_Int64: return WireType.Int64;
            case SpecialType.System_Double: return WireType.Float64;
            case SpecialType.System_String: return WireType.String;
        }

        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
        {
            return WireType.Bytes;
        }

        return type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString() switch
        {
            "System.Guid" => WireType.Uuid,
            "System.Buffers.ReadOnlySequence<byte>" => WireType.BorrowedBytes,
            KnownNames.RecordSet => WireType.Records,
            _ => StructOf(property) is not null ? WireType.Struct : null,
        };
    }

    private bool TryParseRange(IPropertySymbol property, string? text, out VersionRange range)
    {
        if (VersionRange.TryParse(text, out range))
        {
            return true;
        }

        Report(Diagnostics.BadVersions, property, text ?? "", property.Name, "expected \"3\", \"3-13\", \"3+\" or \"none\"");
        return false;
    }

    private bool TryParseTag(
        IPropertySymbol property,
        AttributeData attribute,
        VersionRange structVersions,
        VersionRange versions,
        out int tag,
        out VersionRange tagged)
    {
        tag = Named(attribute, "Tag") as int? ?? -1;
        string? text = Named(attribute, "TaggedVersions") as string;
        tagged = VersionRange.None;
        if (tag < 0)
        {
            return text is null || ReportTag(property, "has tagged versions but no tag");
        }

        tagged = versions;
        if (text is not null && !TryParseRange(property, text, out tagged))
        {
            return false;
        }

        VersionRange present = versions.Intersect(structVersions);
        VersionRange taggedPresent = tagged.Intersect(structVersions);
        if (!versions.Covers(tagged) || (!taggedPresent.IsEmpty && taggedPresent.High != present.High))
        {
            return ReportTag(property, "tagged versions must be the last of its versions");
        }

        return Flexible.Covers(taggedPresent) || ReportTag(property, "only flexible versions have tagged fields");
    }

    private bool ReportTag(IPropertySymbol property, string problem)
    {
        Report(Diagnostics.BadTag, property, property.Name, problem);
        return false;
    }

    private bool TryParseDefault(IPropertySymbol property, FieldType type, out string? value)
    {
        value = null;
        if (property.SetMethod is null or { IsInitOnly: true })
        {
            Report(Diagnostics.BadProperty, property, property.Name, "needs a setter that is not init-only");
            return false;
        }

        ExpressionSyntax? initializer = property.DeclaringSyntaxReferences
            .Select(reference => (reference.GetSyntax() as PropertyDeclarationSyntax)?.Initializer?.Value)
            .FirstOrDefault(expression => expression is not null);
        if (type.IsArray || type.Wire == WireType.Bytes)
        {
            value = initializer is CollectionExpressionSyntax { Elements.Count: 0 } ? "[]" : null;
            return initializer is null || value is not null || ReportDefault(property);
        }

        if (type.Wire is WireType.Struct or WireType.Uuid or WireType.BorrowedBytes or WireType.Records)
        {
            bool isNew = initializer is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0, Initializer: null };
            return initializer is null || (type.Wire == WireType.Struct && isNew) || ReportDefault(property);
        }

        object? constant = null;
        if (initializer is not null)
        {
            Optional<object?> known = compilation.GetSemanticModel(initializer.SyntaxTree).GetConstantValue(initializer);
            if (!known.HasValue)
            {
                return ReportDefault(property);
            }

            constant = known.Value;
        }

        value = Literal(type, constant);
        return true;
    }

    private static string? Literal(FieldType type, object? constant)
    {
        string? literal = constant is null
            ? type.Wire switch
            {
                WireType.String => null,
                WireType.Boolean => "false",
                _ => "0",
            }
            : SymbolDisplay.FormatPrimitive(constant, quoteStrings: true, useHexadecimalNumbers: false);
        return type.IsEnum ? $"({type.Name})({literal})" : literal;
    }

    private bool ReportDefault(IPropertySymbol property)
    {
        Report(Diagnostics.BadProperty, property, property.Name, "needs a default that is a constant, or empty for an array");
        return false;
    }

    private bool CheckNullability(IPropertySymbol property, FieldModel field, VersionRange structVersions)
    {
        FieldType type = field.Type;
        bool isSingleStruct = type is { Wire: WireType.Struct, IsArray: false };
        string? problem = null;
        if (!field.Nullable.IsEmpty && !type.IsNullable && type.Wire != WireType.Records)
        {
            problem = "may be null on the wire, so its type must be nullable";
        }
        else if (isSingleStruct && field.Tag >= 0 && (!type.IsNullable || !field.Nullable.IsEmpty))
        {
            problem = "a tagged structure must have a nullable type, where null stands for its absence";
        }
        else if (isSingleStruct && !type.IsNullable && !field.Ignorable && !field.Versions.Covers(structVersions))
        {
            problem = "a structure that some versions lack must have a nullable type or be ignorable";
        }

        if (problem is null)
        {
            return true;
        }

        Report(Diagnostics.BadNullability, property, property.Name, problem);
        return false;
    }

    /// <summary>Least bytes an element takes in any version, at least one so that a count can be checked against what is left.</summary>
    private int ElementSize(
        IPropertySymbol property, FieldType type, VersionRange versions, IReadOnlyDictionary<INamedTypeSymbol, VersionRange> structs)
    {
        int least = int.MaxValue;
        for (int version = versions.Low; version <= versions.High; version++)
        {
            int size = type.Wire == WireType.Struct
                ? StructSize(StructOf(property)!, version, structs)
                : FieldType.Size(type.Wire, Flexible.Contains(version));
            least = Math.Min(least, size);
        }

        return versions.IsEmpty ? 1 : Math.Max(least, 1);
    }

    private int StructSize(INamedTypeSymbol type, int version, IReadOnlyDictionary<INamedTypeSymbol, VersionRange> structs)
    {
        bool flexible = Flexible.Contains(version);
        int size = flexible ? 1 : 0;
        foreach ((IPropertySymbol property, AttributeData attribute) in FieldsOf(type))
        {
            if (!VersionRange.TryParse(VersionsText(attribute), out VersionRange versions)
                || !versions.Contains(version)
                || !TryParseType(property, out FieldType? fieldType)
                || !TryParseTag(property, attribute, structs[type], versions, out _, out VersionRange tagged)
                || tagged.Contains(version))
            {
                continue;
            }

            size += fieldType! switch
            {
                { IsArray: true } => flexible ? 1 : 4,
                { Wire: WireType.Struct, IsNullable: true } => 1,
                { Wire: WireType.Struct } => StructSize(StructOf(property)!, version, structs),
                _ => FieldType.Size(fieldType!.Wire, flexible),
            };
        }

        return size;
    }

    private bool IsNestedInMessage(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(outer, message))
            {
                return true;
            }
        }

        return false;
    }

    private void Report(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments) =>
        diagnostics.Add(DiagnosticInfo.Create(descriptor, symbol.Locations.FirstOrDefault(), arguments));
}
