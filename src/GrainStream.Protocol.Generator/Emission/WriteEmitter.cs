using GrainStream.Protocol.Generator.Model;
using GrainStream.Protocol.Generator.Parsing;

namespace GrainStream.Protocol.Generator.Emission;

/// <summary>Writes the <c>Write</c> method of a structure.</summary>
internal sealed class WriteEmitter(CodeBuilder code, StructModel structure, VersionRange flexible)
{
    private readonly string _flexible = VersionCondition.In(flexible, structure.Versions);

    public void Emit(bool isMessage)
    {
        code.Open($"{(isMessage ? "public" : "internal")} void Write({KnownNames.Writer} writer, short version)");
        if (isMessage)
        {
            code.Line("RequireVersion(version);");
        }

        if (structure.HasCompactFields || _flexible is not (VersionCondition.Always or VersionCondition.Never))
        {
            code.Line($"bool flexible = {_flexible};");
        }

        foreach (FieldModel field in structure.Fields)
        {
            EmitUntagged(field);
        }

        EmitTags();
        code.Close();
    }

    private void EmitUntagged(FieldModel field)
    {
        string condition = VersionCondition.In(field.Untagged, structure.Versions);
        if (condition == VersionCondition.Always)
        {
            EmitValue(field, field.Untagged);
        }
        else if (condition != VersionCondition.Never)
        {
            code.Open($"if ({condition})");
            EmitValue(field, field.Untagged);
            code.Close();
        }

        string present = VersionCondition.In(field.Versions, structure.Versions);
        if (field.Ignorable || present == VersionCondition.Always)
        {
            return;
        }

        string absent = present == VersionCondition.Never ? VersionCondition.Always : $"!({present})";
        code.Open($"if ({VersionCondition.And(absent, IsNotDefault(field))})");
        code.Line($"throw {KnownNames.Writer}.FieldNotInVersion(\"{structure.Path}.{field.Name}\", version);");
        code.Close();
    }

    private void EmitTags()
    {
        if (_flexible == VersionCondition.Never)
        {
            return;
        }

        bool opened = VersionCondition.OpenIf(code, _flexible == VersionCondition.Always ? _flexible : "flexible");
        FieldModel[] tagged = [.. structure.Fields.Where(f => !f.Tagged.IsEmpty).OrderBy(f => f.Tag)];
        foreach (FieldModel field in tagged)
        {
            string inVersion = VersionCondition.In(field.Tagged, structure.Versions.Intersect(flexible));
            code.Line($"bool has{field.Name} = {VersionCondition.And(inVersion, IsNotDefault(field))};");
        }

        string count = tagged.Length == 0 ? "0" : string.Join(" + ", tagged.Select(f => $"(has{f.Name} ? 1u : 0u)"));
        code.Line($"writer.WriteUnsignedVarInt({count});");
        foreach (FieldModel field in tagged)
        {
            code.Open($"if (has{field.Name})");
            code.Line($"int begin = writer.BeginTag({field.Tag});");
            EmitValue(field, field.Tagged);
            code.Line("writer.EndTag(begin);");
            code.Close();
        }

        if (opened)
        {
            code.Close();
        }
    }

    private void EmitValue(FieldModel field, VersionRange present)
    {
        FieldType type = field.Type;
        string nullable = VersionCondition.In(field.Nullable, present);
        if (type.Wire == WireType.Records && !type.IsArray)
        {
            EmitNullCheck(field, nullable, $"this.{field.Name}.IsNull");
            code.Line($"writer.WriteRecords(this.{field.Name}, flexible);");
            return;
        }

        if (!type.IsNullable)
        {
            EmitPresent(field, $"this.{field.Name}");
            return;
        }

        // A local keeps the compiler's knowledge that the value is not null.
        code.Open();
        code.Line($"var content = this.{field.Name};");
        code.Open("if (content is null)");
        EmitNull(field, nullable);
        code.Close();
        code.Open("else");
        if (type.Wire == WireType.Struct && !type.IsArray && nullable != VersionCondition.Never)
        {
            EmitPresence(nullable);
        }

        EmitPresent(field, type.Wire == WireType.BorrowedBytes ? "content.Value" : "content");
        code.Close();
        code.Close();
    }

    /// <summary>A structure that may be null is preceded by a byte that says whether it is there.</summary>
    private void EmitPresence(string nullable)
    {
        bool opened = VersionCondition.OpenIf(code, nullable);
        code.Line("writer.WriteInt8(1);");
        if (opened)
        {
            code.Close();
        }
    }

    private void EmitNull(FieldModel field, string nullable)
    {
        EmitNullCheck(field, nullable, condition: null);
        if (nullable == VersionCondition.Never)
        {
            return;
        }

        code.Line(field.Type switch
        {
            { IsArray: true } => "writer.WriteArrayLength(-1, flexible);",
            { Wire: WireType.Struct } => "writer.WriteInt8(-1);",
            { Wire: WireType.String } => "writer.WriteNullableString(null, flexible);",
            _ => "writer.WriteArrayLength(-1, flexible);",
        });
    }

    /// <summary>Throws where null (told by <paramref name="condition"/>, or known if that is null) cannot be said.</summary>
    private void EmitNullCheck(FieldModel field, string nullable, string? condition)
    {
        if (nullable == VersionCondition.Always)
        {
            return;
        }

        string inVersion = nullable == VersionCondition.Never ? VersionCondition.Always : $"!({nullable})";
        bool opened = VersionCondition.OpenIf(code, VersionCondition.And(inVersion, condition ?? VersionCondition.Always));
        code.Line($"throw {KnownNames.Writer}.NullNotInVersion(\"{structure.Path}.{field.Name}\", version);");
        if (opened)
        {
            code.Close();
        }
    }

    private void EmitPresent(FieldModel field, string value)
    {
        if (!field.Type.IsArray)
        {
            code.Line(WriteStatement(field.Type, value));
            return;
        }

        code.Line($"writer.WriteArrayLength({value}.Length, flexible);");
        code.Open($"foreach (var item in {value})");
        code.Line(WriteStatement(field.Type, "item"));
        code.Close();
    }

    private static string WriteStatement(FieldType type, string value) => type.Wire switch
    {
        WireType.Struct => $"{value}.Write(writer, version);",
        WireType.String => $"writer.WriteString({value}, flexible);",
        WireType.Bytes or WireType.BorrowedBytes => $"writer.WriteBytes({value}, flexible);",
        _ => $"writer.Write{type.Wire}({(type.IsEnum ? $"({Underlying(type.Wire)})" : "")}{value});",
    };

    private static string Underlying(WireType wire) => wire switch
    {
        WireType.Int8 => "sbyte",
        WireType.Int16 => "short",
        WireType.UInt16 => "ushort",
        WireType.Int32 => "int",
        WireType.UInt32 => "uint",
        _ => "long",
    };

    private static string IsNotDefault(FieldModel field)
    {
        string value = $"this.{field.Name}";
        FieldType type = field.Type;
        if (type.IsArray || type.Wire == WireType.Bytes)
        {
            return field.Default == "[]" ? $"{value} is not {{ Length: 0 }}" : $"{value} is not null";
        }

        return type.Wire switch
        {
            WireType.Struct => $"{value} is not null",
            WireType.Records => $"!{value}.IsNull",
            WireType.BorrowedBytes => type.IsNullable ? $"{value} is not null" : $"!{value}.IsEmpty",
            WireType.Uuid => $"{value} != default",
            WireType.String when field.Default is null => $"{value} is not null",
            _ => $"{value} != {field.Default}",
        };
    }
}
