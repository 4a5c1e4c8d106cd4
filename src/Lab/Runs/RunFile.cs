using System.Text.Json;

namespace MiniGrad.Lab.Runs;

/// <summary>A JSON object that a run left, read field by field; one that is missing or of another kind is an error that names it.</summary>
internal sealed class RunFile
{
    private readonly string path;
    private readonly JsonElement root;

    private RunFile(string path, JsonElement root) => (this.path, this.root) = (path, root);

    public static RunFile Read(string path)
    {
        InputFile.Check(path, "run");
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            RunJson.Check(bytes);
            using JsonDocument document = JsonDocument.Parse(bytes, RunJson.Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new(path, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            // Said below, like everything else that is no object.
        }
        throw new RunFolderException(path, 0, "the file is not a JSON object. Give the folder of a finished run");
    }

    public bool Has(string key) => root.TryGetProperty(key, out _);

    /// <summary>One line of text that is not empty.</summary>
    public string Text(string key)
    {
        bool found = root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String;
        string text = found ? value.GetString()! : "";
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl)) throw Wrong(key, "a line of text");
        return text;
    }

    public long Whole(string key, long least, long most)
    {
        if (root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number) && number >= least && number <= most)
        {
            return number;
        }
        throw Wrong(key, $"a whole number from {least} to {most}");
    }

    private RunFolderException Wrong(string key, string wanted) =>
        new(path, 0, $"\"{key}\" is not {wanted}. Give the folder of a finished run");
}
