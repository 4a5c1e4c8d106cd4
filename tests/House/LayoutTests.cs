using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace MiniGrad.Tests.House;

/// <summary>How the sources are laid out: which project may see which, what a folder is called, how long files and lines are.</summary>
public sealed partial class LayoutTests
{
    private const int LineLimit = 140;
    private const int FileLimit = 300;

    /// <summary>What a project may reference: those to its left on the line, and the shelf of formats and data beside it.</summary>
    private static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["Tensor"] = [],
        ["Kernels"] = ["Tensor"],
        ["Autograd"] = ["Kernels"],
        ["Formats"] = ["Tensor"],
        ["Data"] = ["Formats"],
        ["Nn"] = ["Autograd", "Formats"],
        ["Probes"] = ["Nn", "Data"],
        ["Training"] = ["Probes"],
        ["Charts"] = ["Formats"],
        ["Lab"] = ["Training", "Charts"],
        ["Cli"] = ["Lab", "Fuzz"],
        ["Fuzz"] = ["Lab"],
    };

    /// <summary>The projects whose everyday types need no namespace of their own, one named like a type least of all.</summary>
    private static readonly string[] Everyday = ["Tensor", "Autograd"];

    [Fact]
    public void ReferencesPointOneWay()
    {
        string[] projects = [.. Projects("src"), .. Projects("fuzz")];
        Assert.Equal(
            MaySee.Keys.Order(StringComparer.Ordinal),
            projects.Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal));
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            IEnumerable<string> seen = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
            // Fewer are welcome; one that is not listed turns an arrow round or jumps a step.
            Assert.True(seen.All(MaySee[name].Contains), $"{name} references {string.Join(", ", seen.Except(MaySee[name]))}");
        }
    }

    [Fact]
    public void TheAllowedArrowsAreAcyclic()
    {
        // Whoever adds an arrow above cannot close a circle with it.
        HashSet<string> placed = [];
        while (placed.Count < MaySee.Count)
        {
            string[] next = [.. MaySee.Where(p => !placed.Contains(p.Key) && p.Value.All(placed.Contains)).Select(p => p.Key)];
            Assert.True(next.Length > 0, $"a circle among {string.Join(", ", MaySee.Keys.Except(placed))}");
            placed.UnionWith(next);
        }
    }

    [Fact]
    public void NamespacesFollowFolders() =>
        Assert.Empty(Sources.Of("src", "fuzz", "tests").Select(Misplaced).OfType<string>());

    [Theory]
    [InlineData("src/Tensor/Memory/Arena.cs", "MiniGrad")]
    [InlineData("src/Autograd/Ops/Sum.cs", "MiniGrad")]
    [InlineData("src/Kernels/Backend.cs", "MiniGrad.Kernels")]
    [InlineData("src/Kernels/Cpu/Gemm/Gemm.cs", "MiniGrad.Kernels.Cpu")]
    [InlineData("src/Formats/Weights/Torch/TorchFile.cs", "MiniGrad.Formats.Weights")]
    [InlineData("src/Cli/Program.cs", "MiniGrad.Cli")]
    [InlineData("fuzz/Targets/Png.cs", "MiniGrad.Fuzz")]
    [InlineData("tests/Tensor/ShapeTests.cs", "MiniGrad.Tests")]
    [InlineData("tests/Cli/Probing/Quick.cs", "MiniGrad.Tests.Cli.Probing")]
    public void AFolderNamesItsNamespace(string file, string expected) => Assert.Equal(expected, Namespace(file));

    [Fact]
    public void NoLineIsTooLong()
    {
        List<string> found = [];
        foreach (string file in Sources.Of("src", "fuzz", "tests", "bench"))
        {
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (line.Length > LineLimit) found.Add($"{Sources.Name(file)}:{number} has {line.Length}");
            }
        }
        Assert.True(found.Count == 0, $"lines end at {LineLimit} columns; {found.Count} do not:\n{string.Join('\n', found.Take(40))}");
    }

    [Fact]
    public void NoFileIsTooLong() =>
        Assert.Empty(Sources.Of("src").Where(file => File.ReadLines(file).Count() > FileLimit).Select(Sources.Name));

    [Fact]
    public void OnlyKernelsAreUnsafe()
    {
        Assert.Empty(Sources.Of("src", "fuzz")
            .Where(file => !Sources.Name(file).StartsWith("src/Kernels/", StringComparison.Ordinal))
            .Where(file => Unsafe().IsMatch(File.ReadAllText(file))).Select(Sources.Name));
        // And the compiler says so too.
        string[] allowed = [.. Projects("src")
            .Where(p => XDocument.Load(p).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true")).Select(Sources.Name)];
        Assert.Equal(["src/Kernels/Kernels.csproj"], allowed);
    }

    private static string[] Projects(string folder) =>
        Directory.GetFiles(Path.Combine(Sources.Root, folder), "*.csproj", SearchOption.AllDirectories);

    private static string? Misplaced(string file)
    {
        string name = Sources.Name(file);
        if (Declared().Match(File.ReadAllText(file)) is not { Success: true } declared) return null;
        string found = declared.Groups["name"].Value;
        return found == Namespace(name) ? null : $"{name} is in {found}, not in {Namespace(name)}";
    }

    /// <summary>MiniGrad, the project, and one folder below it.</summary>
    private static string Namespace(string file)
    {
        string[] folders = file.Split('/')[..^1];
        if (folders[0] == "fuzz") return "MiniGrad.Fuzz";
        string[] upper = folders[1..Math.Min(3, folders.Length)];
        if (folders[0] == "src") return Everyday.Contains(upper[0]) ? "MiniGrad" : string.Join('.', ["MiniGrad", .. upper]);
        // A namespace MiniGrad.Tests.Tensor would hide the type Tensor from all tests.
        return upper is ["Tensor", ..] ? "MiniGrad.Tests" : string.Join('.', ["MiniGrad.Tests", .. upper]);
    }

    [GeneratedRegex("^namespace (?<name>[A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();

    // A comment may speak of it.
    [GeneratedRegex(@"^[^/\r\n]*\bunsafe\b", RegexOptions.Multiline)]
    private static partial Regex Unsafe();
}
