using System.Text.Json.Nodes;
using System.Xml.Linq;
using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes.Attacks;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>What an attack or demo left in its folder, read as anyone else would.</summary>
internal sealed class AttackFolder(string path)
{
    /// <summary>The shipped LeNet of the digits set.</summary>
    public static string Weights { get; } = Path.Combine(ShippedWeights.Folder()!, "lenet5-digits.safetensors");

    public static Network Network { get; } = Loaded();

    /// <summary>The attacks of the catalogue; tests elsewhere may have added theirs.</summary>
    public static IEnumerable<AttackEntry> Attacks =>
        AttackCatalog.All.Where(entry => entry.Type.Assembly == typeof(AttackCatalog).Assembly);

    public string[] Texts => File.ReadAllLines(this["results.jsonl"]);

    public JsonObject[] Lines => [.. Texts.Select(line => JsonNode.Parse(line)!.AsObject())];

    public JsonObject Summary => JsonNode.Parse(File.ReadAllText(this["summary.json"]))!.AsObject();

    public string[] Names => [.. Directory.GetFiles(path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(path, name);

    public Tensor Tensor(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(this["tensors.safetensors"]);
        return file.Read(name);
    }

    /// <summary>The report, which must be well-formed and refer to nothing outside itself.</summary>
    public XElement Page()
    {
        string text = File.ReadAllText(this["report.html"]);
        Assert.DoesNotContain("http:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", text, StringComparison.OrdinalIgnoreCase);
        XElement page = XDocument.Parse(text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!;
        Assert.DoesNotContain("NaN", page.Element("body")!.Value, StringComparison.Ordinal);
        return page;
    }

    /// <summary>The text of the cells of the row of a table of the report, the first that begins so.</summary>
    public string[] Row(string first) =>
        [.. Page().Descendants("tr").First(row => row.Elements().First().Value == first).Elements().Select(cell => cell.Value)];

    /// <summary>Each image's prediction, and its softmax probability of a class, by a fresh pass of the network.</summary>
    public static (int Prediction, double Confidence)[] Measure(Tensor images, int[] classes)
    {
        float[] z = Network.Forward(images).ToArray<float>();
        return [.. classes.Select((k, i) =>
        {
            float[] row = z[(10 * i)..(10 * i + 10)];
            return (Array.IndexOf(row, row.Max()), 1 / row.Sum(v => Math.Exp((double)v - row[k])));
        })];
    }

    /// <summary>The differences of one image of each batch.</summary>
    public static double[] Difference(Tensor a, Tensor b, int image) =>
        [.. a.TakeIndices(0, [image]).ToArray<float>().Zip(b.TakeIndices(0, [image]).ToArray<float>(), (x, y) => (double)x - y)];

    public static double Rmse(double[] difference) => Math.Sqrt(difference.Average(d => d * d));

    /// <summary>The weights outlive whatever step asks for them first.</summary>
    private static Network Loaded()
    {
        using Arena.Pause pause = Arena.Outside();
        return ModelCatalog.Load("lenet5", Weights);
    }
}
