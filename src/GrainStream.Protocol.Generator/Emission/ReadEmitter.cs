using GrainStream.Protocol.Generator.Model;
using GrainStream.Protocol.Generator.Parsing;

namespace GrainStream.Protocol.Generator.Emission;

/// <summary>Writes the <c>Read</c> method of a structure.</summary>
internal sealed class ReadEmitter(CodeBuilder code, StructModel structure, VersionRange flexible)
{
    private readonly string _flexible = VersionCondition.In(flexible, structure.Versions);

    public void Emit(bool isMessage)
    {
        string name = structure.Path.Substring(structure.Path.LastIndexOf('.') + 1);
        code.Open($"{(isMessage ? "public" : "internal")} static {name} Read(ref {KnownNames.Reader} reader, short version)");
        if (isMessage)
        {
            code.Line("RequireVersion(version);");
        }

        EmitFlexibleVariable();
        code.Line($"var value = new {name}();");
        foreach (FieldModel field in structure.Fields)
        {
            string condition = VersionCondition.In(field.Untagged, structure.Versions);
            if (condition == VersionCondition.Never)
            {
                continue;
            }

            bool opened = VersionCondition.OpenIf(code, condition);
            EmitField(field, field.Untagged);
            if (opened)
            {
                code.Close();
            }
        }

        EmitTags();
        code.Line("return value;");
        code.Close();
    }

    private void EmitFlexibleVariable()
    {
        if (structure.HasCompactFields || _flexible is not (VersionCondition.Always or VersionCondition.Never))
        {
            code.Line($"bool flexible = {_flexible};");
        }
    }

    private void EmitTags()
    {
        if (_flexible == VersionCondition.Never)
        {
            return;
        }

        bool opened = VersionCondition.OpenIf(code, _flexible == VersionCondition.Always ? _flexible : "flexible");
        FieldModel[] tagged = [.. structure.Fields.Where(f => !f.Tagged.IsEmpty).OrderBy(f => f.Tag)];
        if (tagged.Length == 0)
        {
            code.Line("reader.SkipTags();");
        }
        else
        {
            EmitTagLoop(tagged);
        }

        if (opened)
        {
            code.Close();
        }
    }

    private void EmitTagLoop(FieldModel[] tagged)
    {
        code.Open("for (int left = reader.ReadTagCount(); left > 0; left--)");
        code.Line("uint tag = reader.ReadTag(out long end);");
        code.Open("switch (tag)");
        foreach (FieldModel field in tagged)
        {
            string condition = VersionCondition.In(field.Tagged, structure.Versions.Intersect(flexible));
            code.Line($"case {field.Tag}{(condition == VersionCondition.Always ? "" : $" when {condition}")}:");
            code.Open();
            EmitField(field, field.Tagged);
            code.Line("break;");
            code.Close();
        }

        code.Line("default:");
        code.Open();
        code.Line("reader.SkipTo(end);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Line("reader.EndTag(tag, end);");
        code.Close();
    }

    private void EmitField(FieldModel field, VersionRange present)
    {
        string nullable = VersionCondition.In(field.Nullable, present);
        if (field.Type.IsArray)
        {
            EmitArray(field, nullable);
            return;
        }

        string read = ReadExpression(field.Type, isNullable: false);
        string value = nullable switch
        {
            VersionCondition.Never => read,
            VersionCondition.Always => ReadExpression(field.Type, isNullable: true),
            _ => $"{nullable} ? {ReadExpression(field.Type, isNullable: true)} : {read}",
        };
        code.Line($"value.{field.Name} = {value};");
    }

    private void EmitArray(FieldModel field, string nullable)
    {
        string arguments = $"(flexible, {field.ElementSize})";
        string count = nullable switch
        {
            VersionCondition.Never => $"reader.ReadArrayLength{arguments}",
            VersionCondition.Always => $"reader.ReadNullableArrayLength{arguments}",
            _ => $"{nullable} ? reader.ReadNullableArrayLength{arguments} : reader.ReadArrayLength{arguments}",
        };
        code.Open();
        code.Line($"int count = {count};");
        if (nullable != VersionCondition.Never)
        {
            code.Open("if (count < 0)");
            code.Line($"value.{field.Name} = null;");
            code.Close();
            code.Open("else");
        }

        string allocation = field.Type.Wire == WireType.Bytes ? "new byte[count][]" : $"new {field.Type.Name}[count]";
        code.Line($"{field.Type.Name}[] items = count == 0 ? [] : {allocation};");
        code.Open("for (int i = 0; i < items.Length; i++)");
        code.Line($"items[i] = {ReadExpression(field.Type, isNullable: false)};");
        code.Close();
        code.Line($"value.{field.Name} = items;");
        if (nullable != VersionCondition.Never)
        {
            code.Close();
        }

        code.Close();
    }

    private static string ReadExpression(FieldType type, bool isNullable)
    {
        string prefix = isNullable ? "ReadNullable" : "Read";
        string read = type.Wire switch
        {
            WireType.Struct when isNullable => $"reader.ReadInt8() < 0 ? null : {type.Name}.Read(ref reader, version)",
            WireType.Struct => $"{type.Name}.Read(ref reader, version)",
            WireType.String or WireType.Bytes or WireType.BorrowedBytes or WireType.Records => $"reader.{prefix}{type.Wire}(flexible)",
            _ => $"reader.Read{type.Wire}()",
        };
        return type.IsEnum ? $"({type.Name}){read}" : read;
    }
}
