using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Formats;

namespace MiniGrad.Nn.Weights;

/// <summary>The list of trained models in <c>weights/index.json</c>: a JSON array of records with snake_case keys.</summary>
internal static class WeightIndex
{
    private const int MaxFileBytes = 16 << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The records of an index in the order of the file.</summary>
    /// <exception cref="WeightIndexException">The file is no such array, a record makes no sense, or a name occurs twice.</exception>
    public static IReadOnlyList<WeightRecord> Load(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaxFileBytes)
        {
            throw new WeightIndexException(path, MaxFileBytes, $"the file has {length} bytes, an index has at most {MaxFileBytes}");
        }
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.IsEmpty) throw new WeightIndexException(path, 0, "the file is empty; an index without models is []");
        if (ForeignFile.Describe(bytes, "an index of weights") is { } foreign)
        {
            throw new WeightIndexException(path, 0, $"the file {foreign}");
        }
        CheckSyntax(path, bytes);
        return ReadRecords(path, bytes);
    }

    /// <summary>Writes the records sorted by name, so that equal lists give equal bytes.</summary>
    public static void Save(string path, IEnumerable<WeightRecord> records)
    {
        WeightRecord[] sorted = [.. records.OrderBy(record => record.Name, StringComparer.Ordinal)];
        for (int i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Problem() is { } problem) Throw.Argument($"weights: {Printable.Name(sorted[i].Name)}: {problem}.");
            if (i > 0 && sorted[i].Name == sorted[i - 1].Name)
            {
                Throw.Argument($"weights: two records are named {Printable.Name(sorted[i].Name)}. Names must differ.");
            }
        }
        AtomicFile.WriteText(path, JsonSerializer.Serialize(sorted, Options) + "\n");
    }

    private static void CheckSyntax(string path, ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Forces every string through the decoder, which refuses bad UTF-8 and half surrogate pairs.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }
        }
        catch (JsonException e)
        {
            throw new WeightIndexException(path, reader.BytesConsumed, $"the index is not valid JSON: {Printable.Reason(e)}");
        }
        catch (InvalidOperationException)
        {
            throw new WeightIndexException(path, reader.TokenStartIndex, "a string is not valid UTF-8 text");
        }
    }

    private static List<WeightRecord> ReadRecords(string path, ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new WeightIndexException(path, 0, $"the index must be an array of records, found {reader.TokenType}");
        }
        List<WeightRecord> records = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long at = reader.TokenStartIndex;
            WeightRecord record = ReadRecord(path, ref reader, at, records.Count);
            if (record.Problem() is { } problem)
            {
                throw new WeightIndexException(path, at, $"record {records.Count} ({Printable.Name(record.Name)}): {problem}");
            }
            if (!names.Add(record.Name))
            {
                throw new WeightIndexException(path, at, $"record {records.Count}: the name {Printable.Name(record.Name)} occurs twice");
            }
            records.Add(record);
        }
        return records;
    }

    private static WeightRecord ReadRecord(string path, ref Utf8JsonReader reader, long at, int index)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new WeightIndexException(path, at, $"record {index} must be an object, found {reader.TokenType}");
        }
        try
        {
            return JsonSerializer.Deserialize<WeightRecord>(ref reader, Options)!;
        }
        catch (JsonException e)
        {
            // Longer than other quotes: the message ends with the path of the field.
            throw new WeightIndexException(path, at, $"record {index}: {Printable.Line(e.Message, longest: 300)}");
        }
    }
}

/// <summary>An index of weights is malformed, or a weight file is not the one the index names.</summary>
public sealed class WeightIndexException(string path, long offset, string problem) : BadFileException(path, offset, problem);
