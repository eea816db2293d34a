using System.Buffers;
using System.Reflection;
using System.Text;
using GrainStream.Protocol.Schema;
using GrainStream.Protocol.Wire;

namespace GrainStream.Protocol.Tests.Messages;

/// <summary>Fills messages with random content, as far as a version can carry it.</summary>
internal sealed class MessageFiller(Random random)
{
    public object NewMessage(Type type, short version)
    {
        object message = Activator.CreateInstance(type)!;
        foreach (DeclaredField field in DeclaredField.Of(type))
        {
            if (field.IsIn(version))
            {
                field.Set(message, NewValue(field, version));
            }
        }

        return message;
    }

    /// <summary>A value that is not the field's default.</summary>
    public object NewNonDefaultValue(DeclaredField field, object? defaultValue, short version)
    {
        while (true)
        {
            object? value = NewValue(field, version);
            if (value is not null and not RecordSet { IsNull: true } and not Array { Length: 0 } && !Equals(value, defaultValue))
            {
                return value;
            }
        }
    }

    private object? NewValue(DeclaredField field, short version)
    {
        bool mayBeNull = field.IsNullableIn(version) || (field.IsTagged && IsStruct(field.Type));
        if (mayBeNull && random.Next(4) == 0)
        {
            return field.Type.IsValueType ? Activator.CreateInstance(field.Type) : null;
        }

        Type type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        if (!type.IsArray || type == typeof(byte[]))
        {
            return NewSingle(type, version);
        }

        Array items = Array.CreateInstance(type.GetElementType()!, random.Next(4));
        for (int i = 0; i < items.Length; i++)
        {
            items.SetValue(NewSingle(type.GetElementType()!, version), i);
        }

        return items;
    }

    private object NewSingle(Type type, short version)
    {
        if (IsStruct(type))
        {
            return NewMessage(type, version);
        }

        if (type.IsEnum)
        {
            return Enum.ToObject(type, NewSingle(Enum.GetUnderlyingType(type), version));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => random.Next(2) == 0,
            TypeCode.SByte => (sbyte)NewInteger(),
            TypeCode.Int16 => (short)NewInteger(),
            TypeCode.UInt16 => (ushort)NewInteger(),
            TypeCode.Int32 => (int)NewInteger(),
            TypeCode.UInt32 => (uint)NewInteger(),
            TypeCode.Int64 => NewInteger(),
            TypeCode.Double => BitConverter.Int64BitsToDouble(NewInteger()),
            TypeCode.String => NewString(),
            _ when type == typeof(Guid) => new Guid(NewBytes(16)),
            _ when type == typeof(byte[]) => NewBytes(NewLength()),
            _ when type == typeof(ReadOnlySequence<byte>) => new ReadOnlySequence<byte>(NewBytes(NewLength())),
            _ when type == typeof(RecordSet) => NewRecords(),
            _ => throw new NotSupportedException($"The filler does not know {type}."),
        };
    }

    private RecordSet NewRecords()
    {
        byte[] bytes = NewBytes(NewLength());
        return random.Next(2) == 0 ? new RecordSet(new ReadOnlySequence<byte>(bytes)) : new RecordSet(new BytesPayload(bytes));
    }

    /// <summary>Any magnitude, and the extremes, about as often as one another.</summary>
    private long NewInteger() => random.Next(8) switch
    {
        0 => 0,
        1 => -1,
        2 => long.MaxValue,
        3 => long.MinValue,
        _ => random.NextInt64() >> random.Next(64),
    };

    /// <summary>Around the places where a length takes another byte.</summary>
    private int NewLength() => random.Next(12) switch
    {
        0 => 0,
        1 => 126 + random.Next(4),
        2 => 16382 + random.Next(4),
        _ => random.Next(20),
    };

    private string NewString()
    {
        string[] alphabets = ["abcdefghij-_.", "äöüßéλжあ", "🙂🚀𝄞"];
        var text = new StringBuilder();
        int length = NewLength();
        while (Encoding.UTF8.GetByteCount(text.ToString()) < Math.Min(length, 400))
        {
            foreach (Rune rune in alphabets[random.Next(8) / 5 * random.Next(1, 3)].EnumerateRunes())
            {
                text.Append(random.Next(2) == 0 ? rune.ToString() : "");
            }
        }

        return text.ToString();
    }

    private byte[] NewBytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static bool IsStruct(Type type) => type.IsDefined(typeof(KafkaStructAttribute));
}
