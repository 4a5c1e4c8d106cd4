using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniGrad.Formats.Weights;

/// <summary>Writes safetensors files (https://github.com/huggingface/safetensors): equal tensors give equal bytes.</summary>
public static class Safetensors
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>
    /// Writes the tensors, listed in the header as given. The data starts at a multiple of 8, wide elements first, so
    /// that every element lies aligned although the format allows no gaps.
    /// </summary>
    public static void Write(
        string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        CheckNames(tensors);
        int[] order = [.. Enumerable.Range(0, tensors.Count).OrderByDescending(i => tensors[i].Value.Type.Size())];
        long[] begin = new long[tensors.Count];
        long end = 0;
        foreach (int i in order)
        {
            begin[i] = end;
            end += tensors[i].Value.Count * tensors[i].Value.Type.Size();
        }
        byte[] header = Header(tensors, begin, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (int i in order) stream.Write(HostBytes.Bytes(tensors[i].Value));
        });
        // The spans do not keep the pooled memory of the tensors from being reused.
        GC.KeepAlive(tensors);
    }

    private static void CheckNames(IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((string name, _) in tensors)
        {
            if (name == SafetensorsHeader.MetadataKey) Throw.Argument($"safetensors: the name {name} is reserved. Choose another one.");
            if (!names.Add(name)) Throw.Argument($"safetensors: two tensors are named {Printable.Name(name)}. Names must differ.");
        }
    }

    private static byte[] Header(
        IReadOnlyList<(string Name, Tensor Value)> tensors, long[] begin, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(Text(key), Text(value));
                }
                json.WriteEndObject();
            }
            for (int i = 0; i < tensors.Count; i++)
            {
                Tensor value = tensors[i].Value;
                json.WriteStartObject(Text(tensors[i].Name));
                json.WriteString("dtype", value.Type switch { DType.F32 => "F32", DType.F64 => "F64", DType.I32 => "I32", _ => "BOOL" });
                json.WriteStartArray("shape");
                foreach (int size in value.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begin[i]);
                json.WriteNumberValue(begin[i] + value.Count * value.Type.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        if (padded > SafetensorsHeader.MaxBytes)
        {
            Throw.Argument(
                $"safetensors: the header has {padded} bytes, at most {SafetensorsHeader.MaxBytes} are possible. Use shorter names.");
        }
        buffer.GetSpan(8)[..(padded - buffer.WrittenCount)].Fill((byte)' ');
        buffer.Advance(padded - buffer.WrittenCount);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The text itself; refuses half surrogate pairs, which the JSON writer would silently replace.</summary>
    private static string Text(string text)
    {
        if (!IsText(text)) Throw.Argument($"safetensors: {Printable.Name(text)} holds half of a surrogate pair. Use valid text.");
        return text;
    }

    private static bool IsText(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
