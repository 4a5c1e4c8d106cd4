using System.Text.Json;
using MiniGrad.Formats;

namespace MiniGrad.Data;

/// <summary>
/// Names of classes by number, with the WordNet id of each: <c>imagenet_class_index.json</c>, an object
/// <c>{"0": ["n01440764", "tench"], …}</c> whose keys are the numbers from 0 without a gap.
/// </summary>
public sealed class ClassNames
{
    /// <summary>The name under which such a file is usually kept.</summary>
    public const string FileName = "imagenet_class_index.json";

    private const int MaxFileBytes = 16 << 20;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    private ClassNames(string[] ids, string[] names)
    {
        Ids = ids;
        Names = names;
        for (int i = 0; i < ids.Length; i++) numbers.Add(ids[i], i);
    }

    /// <summary>The names by class; two classes may share one, as ImageNet's two cranes do.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The ids by class, all different.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>The number of classes.</summary>
    public int Count => Names.Count;

    /// <summary>The class with this id, −1 where there is none.</summary>
    public int IndexOf(string id) => numbers.GetValueOrDefault(id, -1);

    /// <summary>The names of a JSON file.</summary>
    /// <exception cref="ClassNamesException">The file is not such an object.</exception>
    public static ClassNames Load(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaxFileBytes)
        {
            throw new ClassNamesException(path, MaxFileBytes,
                $"the file has {length} bytes, one of class names has at most {MaxFileBytes}");
        }
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.IsEmpty) throw new ClassNamesException(path, 0, "the file is empty. Fetch it again");
        if (ForeignFile.Describe(bytes, "a file of class names") is { } foreign)
        {
            throw new ClassNamesException(path, 0, $"the file {foreign}");
        }
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = 2 });
        try
        {
            return Read(path, ref reader);
        }
        catch (JsonException e)
        {
            throw new ClassNamesException(path, reader.BytesConsumed, $"the file is not valid JSON: {Printable.Reason(e)}");
        }
        catch (InvalidOperationException)
        {
            throw new ClassNamesException(path, reader.TokenStartIndex, "a string is not valid UTF-8 text");
        }
    }

    private static ClassNames Read(string path, ref Utf8JsonReader reader)
    {
        SortedDictionary<int, (string Id, string Name)> classes = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        reader.Read();
        Expect(path, ref reader, JsonTokenType.StartObject, "the file");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            long at = reader.TokenStartIndex;
            if (!int.TryParse(key, out int number) || number.ToString() != key || number < 0)
            {
                throw new ClassNamesException(path, at, $"key {Printable.Name(key)} is no class number");
            }
            reader.Read();
            Expect(path, ref reader, JsonTokenType.StartArray, $"class {number}");
            string id = Text(path, ref reader, number);
            string name = Text(path, ref reader, number);
            reader.Read();
            Expect(path, ref reader, JsonTokenType.EndArray, $"what follows id and name of class {number}");
            if (!classes.TryAdd(number, (id, name))) throw new ClassNamesException(path, at, $"class {number} occurs twice");
            if (!ids.Add(id)) throw new ClassNamesException(path, at, $"id {Printable.Name(id)} occurs twice");
        }
        // Reads what follows the object, which must be nothing.
        reader.Read();
        if (classes.Count == 0) throw new ClassNamesException(path, 0, "the file names no class");
        int last = classes.Keys.Last();
        if (last != classes.Count - 1)
        {
            throw new ClassNamesException(path, 0,
                $"{classes.Count} classes are not numbered 0 to {classes.Count - 1}: the last is {last}");
        }
        return new([.. classes.Values.Select(c => c.Id)], [.. classes.Values.Select(c => c.Name)]);
    }

    private static string Text(string path, ref Utf8JsonReader reader, int number)
    {
        reader.Read();
        Expect(path, ref reader, JsonTokenType.String, $"id or name of class {number}");
        string text = reader.GetString()!;
        return text.Length > 0
            ? text
            : throw new ClassNamesException(path, reader.TokenStartIndex, $"id or name of class {number} is empty");
    }

    private static void Expect(string path, ref Utf8JsonReader reader, JsonTokenType wanted, string what)
    {
        if (reader.TokenType != wanted)
        {
            throw new ClassNamesException(path, reader.TokenStartIndex, $"{what} must be {wanted}, found {reader.TokenType}");
        }
    }
}
