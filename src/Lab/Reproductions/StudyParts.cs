using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// What a study has measured so far: each part is a file that is written whole, so that a stopped or killed study goes on with the
/// part it was at.
/// </summary>
/// <param name="folder">The study's own folder.</param>
/// <param name="line">Where to say which part is made.</param>
/// <param name="cancellation">Stops before a part.</param>
internal sealed class StudyParts(string folder, ProgressLine line, CancellationToken cancellation)
{
    /// <summary>Stops the study.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Ends the line of progress.</summary>
    public void End() => line.End();

    /// <summary>The same for a part that tells, while it is made, how much of it is done and of how much.</summary>
    public T Of<T>(string name, Func<Action<int, int>, T> make) where T : class => Of(name, () =>
        make((done, of) => line.Show(() => string.Create(CultureInfo.InvariantCulture, $"{name}: {done} of {of}"))));

    /// <summary>A part that is there already, or made and kept now.</summary>
    /// <exception cref="OperationCanceledException">The study was stopped; the part that was being made is not kept.</exception>
    public T Of<T>(string name, Func<T> make) where T : class
    {
        cancellation.ThrowIfCancellationRequested();
        string path = Path.Combine(folder, "parts", $"{name}.json");
        if (Read<T>(path) is { } known) return known;
        line.Show(() => name);
        T made = make();
        cancellation.ThrowIfCancellationRequested();
        OutputFile.Guard(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path)!));
        OutputFile.WriteText(path, JsonText.File(JsonText.Of(made)));
        return made;
    }

    /// <summary>A part that is no longer readable is made again.</summary>
    private static T? Read<T>(string path) where T : class
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject node ? JsonText.Read<T>(node) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
