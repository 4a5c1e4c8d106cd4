using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MiniGrad.Formats.Weights;

/// <summary>Parses and checks the JSON header of a safetensors file; believes nothing that the file's length does not confirm.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The limit of the format's own library.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>The header's length field, which stands before the header.</summary>
    public const int Prefix = 8;

    public const string MetadataKey = "__metadata__";

    /// <summary>Far above any real file; keeps a header of 100 MB from costing seconds and gigabytes.</summary>
    private const int MaxNames = 100_000;

    /// <summary>NumPy's limit, eight times a tensor's.</summary>
    private const int MaxAxes = 64;

    private readonly string path;
    private readonly long dataStart;
    private readonly long fileBytes;

    private SafetensorsHeader(string path, long dataStart, long fileBytes)
    {
        this.path = path;
        this.dataStart = dataStart;
        this.fileBytes = fileBytes;
    }

    public List<SafetensorsEntry> Entries { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileBytes)
    {
        var header = new SafetensorsHeader(path, Prefix + json.Length, fileBytes);
        header.CheckText(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            header.Root(ref reader);
        }
        catch (JsonException e)
        {
            throw header.Bad(Prefix + reader.BytesConsumed, $"the header is not valid JSON: {Printable.Reason(e)}");
        }
        header.CheckRanges();
        return header;
    }

    /// <summary>Bits per element, or 0 for a type the format does not have.</summary>
    public static int Bits(string type) => type switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "I64" or "U64" or "F64" or "C64" => 64,
        _ => 0,
    };

    private void CheckText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            int at = 0;
            while (Rune.DecodeFromUtf8(json[at..], out _, out int used) == OperationStatus.Done) at += used;
            throw Bad(Prefix + at, $"the header is not UTF-8: byte 0x{json[at]:X2} is out of place");
        }
        if (json.Length == 0 || json[0] != '{')
        {
            string found = json.Length == 0 ? "is empty" : $"starts with byte 0x{json[0]:X2}";
            throw Bad(Prefix, $"the header must be a JSON object and start with {{, but {found}");
        }
    }

    private void Root(ref Utf8JsonReader reader)
    {
        reader.Read();
        HashSet<string> names = new(StringComparer.Ordinal);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            long at = At(in reader);
            string name = Text(ref reader);
            if (!names.Add(name)) throw Bad(at, $"the name {Printable.Name(name)} occurs twice");
            if (names.Count > MaxNames) throw Bad(at, $"more than {MaxNames} names. Split the file");
            Next(ref reader);
            if (name == MetadataKey) ReadMetadata(ref reader);
            else ReadEntry(ref reader, name);
        }
        // Reaches the end, or reports what follows the object.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(in reader, JsonTokenType.StartObject, MetadataKey, "an object of strings");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            long at = At(in reader);
            string key = Text(ref reader);
            Next(ref reader);
            Expect(in reader, JsonTokenType.String, $"{MetadataKey}: {Printable.Name(key)}", "a string");
            if (!Metadata.TryAdd(key, Text(ref reader))) throw Bad(at, $"{MetadataKey}: the key {Printable.Name(key)} occurs twice");
            if (Metadata.Count > MaxNames) throw Bad(at, $"{MetadataKey}: more than {MaxNames} keys. Split the file");
        }
    }

    private void ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string shown = Printable.Name(name);
        long entryAt = At(in reader);
        Expect(in reader, JsonTokenType.StartObject, shown, "an object");
        string? type = null;
        List<long>? shape = null;
        List<long>? range = null;
        long rangeAt = entryAt;
        long shapeAt = entryAt;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            long at = At(in reader);
            string key = Text(ref reader);
            bool again =
                key switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => range is not null, _ => false };
            if (again) throw Bad(at, $"{shown}: the key {key} occurs twice");
            Next(ref reader);
            switch (key)
            {
                case "dtype":
                    Expect(in reader, JsonTokenType.String, $"{shown}: dtype", "a string");
                    type = Text(ref reader);
                    if (Bits(type) == 0) throw Bad(At(in reader), $"{shown}: unknown dtype {Printable.Name(type)}");
                    break;
                case "shape":
                    shapeAt = At(in reader);
                    shape = Integers(ref reader, $"{shown}: shape", MaxAxes);
                    break;
                case "data_offsets":
                    rangeAt = At(in reader);
                    range = Integers(ref reader, $"{shown}: data_offsets", 2);
                    break;
                default:
                    throw Bad(at, $"{shown}: unknown key {Printable.Name(key)}; an entry has dtype, shape and data_offsets");
            }
        }
        if (type is null || shape is null || range is null)
        {
            throw Bad(entryAt, $"{shown}: the key {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing");
        }
        if (range.Count != 2) throw Bad(rangeAt, $"{shown}: data_offsets has {range.Count} numbers, not begin and end");
        AddEntry(name, type, [.. shape], shapeAt, range[0], range[1], rangeAt);
    }

    private void AddEntry(string name, string type, long[] shape, long shapeAt, long begin, long end, long rangeAt)
    {
        Int128 bits = Bits(type);
        bool empty = false;
        foreach (long size in shape)
        {
            empty |= size == 0;
            // An empty tensor may not hide absurd other sizes either, so zeros do not stop the product.
            bits *= Math.Max(1, size);
            if (bits > long.MaxValue) throw Bad(shapeAt, $"{Printable.Name(name)}: the product of the shape overflows 63 bits");
        }
        long bytes = empty ? 0 : (long)(bits / 8);
        if (!empty && bits % 8 != 0) throw Bad(shapeAt, $"{Printable.Name(name)}: {bits} bits of {type} do not fill whole bytes");
        if (begin > end) throw Bad(rangeAt, $"{Printable.Name(name)}: data_offsets begin at {begin}, after their end {end}");
        long available = fileBytes - dataStart;
        if (end > available)
        {
            throw Bad(rangeAt, $"{Printable.Name(name)}: data_offsets end at {end}, but the file holds {available} bytes of data. "
                + "It is cut short: fetch it again");
        }
        if (end - begin != bytes)
        {
            throw Bad(rangeAt, $"{Printable.Name(name)}: data_offsets span {end - begin} bytes, but the shape in {type} needs {bytes}");
        }
        Entries.Add(new(name, type, shape, dataStart + begin, dataStart + end));
    }

    private void CheckRanges()
    {
        SafetensorsEntry[] ordered = [.. Entries];
        Array.Sort(ordered, (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long at = dataStart;
        foreach (SafetensorsEntry entry in ordered)
        {
            if (entry.Begin > at) throw Bad(at, $"{entry.Begin - at} bytes before {Printable.Name(entry.Name)} belong to no tensor");
            if (entry.Begin < at)
            {
                throw Bad(entry.Begin, $"{Printable.Name(entry.Name)} overlaps the tensor before it by {at - entry.Begin} bytes");
            }
            at = entry.End;
        }
        if (at != fileBytes) throw Bad(at, $"{fileBytes - at} bytes follow the last tensor. The file is damaged: fetch it again");
    }

    private List<long> Integers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(in reader, JsonTokenType.StartArray, what, "an array of integers");
        List<long> values = [];
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            Expect(in reader, JsonTokenType.Number, what, "an array of integers");
            if (reader.ValueSpan[0] == '-') throw Bad(At(in reader), $"{what}: {Number(in reader)} is negative");
            if (!reader.TryGetInt64(out long value)) throw Bad(At(in reader), $"{what}: {Number(in reader)} is no integer below 2^63");
            if (values.Count == most) throw Bad(At(in reader), $"{what}: more than {most} numbers");
            values.Add(value);
        }
        return values;
    }

    private static string Number(in Utf8JsonReader reader) =>
        Printable.Line(Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(100, reader.ValueSpan.Length)]));

    private JsonTokenType Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw Bad(Prefix + reader.BytesConsumed, "the header ends early");
        return reader.TokenType;
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad(At(in reader), "a string escapes half of a surrogate pair, which is no text");
        }
    }

    private void Expect(in Utf8JsonReader reader, JsonTokenType wanted, string what, string words)
    {
        if (reader.TokenType != wanted) throw Bad(At(in reader), $"{what} must be {words}, found {reader.TokenType}");
    }

    private static long At(in Utf8JsonReader reader) => Prefix + reader.TokenStartIndex;

    private SafetensorsException Bad(long offset, string problem) => new(path, offset, problem);
}
