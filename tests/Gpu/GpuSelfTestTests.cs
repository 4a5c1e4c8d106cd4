using System.Reflection;
using System.Text.RegularExpressions;
using MiniGrad.Kernels.Gpu;
using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>The self-test passes, runs every kernel there is, finds a wrong one, and is not repeated without need.</summary>
[Collection(GpuCommandTests.Collection)]
public sealed class GpuSelfTestTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-selftest-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [GpuFact]
    public void EveryKernelOfEveryFileRunsAndAgrees()
    {
        WatchedDriver? driver = null;
        IReadOnlyList<GpuSelfTestCase> cases = GpuSelfTest.Run(OwnGpu.Device(inner => driver = new(inner)));
        Assert.Equal($"all {cases.Count} kernels agree with the processor.", GpuSelfTest.Sentence(cases));
        Assert.Equal(cases.Count, cases.Select(found => found.Name).Distinct().Count());

        foreach ((string file, string entry) in Kernels())
        {
            // The product of gemm.cl is compiled behind each of the files that define its operands; pointwise.cl behind formulas.
            string[] programs = file switch
            {
                "gemm" or "tensor" => ["matmul", "conv", "convinput", "convweight"],
                "pointwise" => ["map", "zip"],
                _ => [file],
            };
            foreach (string program in programs) Assert.Contains($"{program} {entry}", driver!.Entries);
        }
    }

    [GpuFact]
    public void EachRunFindsTheSame()
    {
        GpuDevice device = OwnGpu.Device();
        Assert.Equal(GpuSelfTest.Run(device, Few), GpuSelfTest.Run(device, Few));
    }

    [GpuTheory]
    [InlineData("max pool f32", "largest = value;", "largest = value + 1;")]
    [InlineData("max pool f64", "best = iy * s.width + ix;", "best = iy * s.width;")]
    [InlineData("scatter-add into 7 f32", "+= numbers[r]", "= numbers[r]")]
    [InlineData("select f32", "y[place_of(i, sizes, stepsY)] =", "y[place_of(i, sizes, stepsY) + 1] =")]
    [InlineData("uniform 3", "round < 10", "round < 9")]
    public void AWrongKernelIsNamed(string name, string right, string wrong)
    {
        GpuDevice device = OwnGpu.Device(inner => new WatchedDriver(inner,
            program => new(program.Name, program.Text.Replace(right, wrong, StringComparison.Ordinal))));
        GpuSelfTestCase found = Assert.Single(GpuSelfTest.Run(device, each => each == name));
        Assert.False(found.Passed);
        Assert.True(found.WorstError > 1);
        Assert.Matches("^element [0-9]+ is .+ where the processor has .+; rounding allows .+$", found.Message);
    }

    [GpuFact]
    public void AStoredPassIsTrustedAndAStoredFailureIsNot()
    {
        WatchedDriver? driver = null;
        GpuDevice good = OwnGpu.Device(inner => driver = new(inner));
        GpuSelfTest.Ensure(good, folder);
        int launches = driver!.Launches;
        Assert.True(launches > 150);
        GpuSelfTest.Ensure(good, folder);
        Assert.Equal(launches, driver.Launches);

        // A file that is not whole counts as none.
        string file = Assert.Single(Directory.GetFiles(folder));
        string text = File.ReadAllText(file);
        Assert.Contains("\"Passed\": true", text, StringComparison.Ordinal);
        File.WriteAllText(file, text[..(text.Length / 2)]);
        GpuSelfTest.Ensure(good, folder);
        Assert.Equal(2 * launches, driver.Launches);
        Assert.Equal(text, File.ReadAllText(file));

        // A driver whose softmax is wrong: the stored verdict is one line that names it, and the next call looks again.
        File.Delete(file);
        GpuDevice bad = OwnGpu.Device(inner => driver = new(inner,
            program => new(program.Name, program.Text.Replace("to[i] *= factor", "to[i] *= 2 * factor", StringComparison.Ordinal))));
        foreach (int time in (int[])[1, 2])
        {
            DeviceException error = Assert.Throws<DeviceException>(() => GpuSelfTest.Ensure(bad, folder));
            Assert.Contains("compute wrongly, the first: softmax of 5 f32: element", error.Message, StringComparison.Ordinal);
            Assert.Contains(bad.Facts.Name, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            Assert.Equal(time * launches, driver!.Launches);
            Assert.Contains("\"Passed\": false", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    /// <summary>Another driver is another verdict.</summary>
    [GpuFact]
    public void AVerdictIsOfOneDriver()
    {
        GpuFacts facts = OwnGpu.Driver().Facts;
        Assert.Equal(GpuSelfTestVerdict.FileName(facts), GpuSelfTestVerdict.FileName(facts with { Memory = 1 }));
        Assert.NotEqual(GpuSelfTestVerdict.FileName(facts), GpuSelfTestVerdict.FileName(facts with { Driver = "another" }));
        Assert.NotEqual(GpuSelfTestVerdict.FileName(facts), GpuSelfTestVerdict.FileName(facts with { Name = "another" }));
    }

    private static bool Few(string name) =>
        name.Contains("softmax", StringComparison.Ordinal) || name.Contains("32x32x16", StringComparison.Ordinal);

    private static IEnumerable<(string File, string Entry)> Kernels()
    {
        const string Folder = "MiniGrad.Kernels.Gpu.Kernels.";
        Assembly assembly = typeof(GpuSelfTest).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            foreach (Match match in Regex.Matches(reader.ReadToEnd(), @"^__kernel GROUP_OF\(\w+\) void (\w+)\(", RegexOptions.Multiline))
            {
                yield return (name[Folder.Length..^".cl".Length], match.Groups[1].Value);
            }
        }
    }
}
