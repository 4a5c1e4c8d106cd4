using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Kernels.Gpu;
using MiniGrad.Tests.Autograd;
using MiniGrad.Tests.Goldens;

namespace MiniGrad.Tests.Gpu;

/// <summary>What bench/gpu.sh asks of a GPU before it times it: parts of these tests without a test runner around them.</summary>
internal static class GpuCheck
{
    public const string Command = "gpu-check";

    /// <summary>
    /// Networks with more numbers are left out: drawing them takes the processor longer than checking them takes the GPU.
    /// </summary>
    private const long MostNumbers = 40_000_000;

    /// <summary>
    /// Runs a part on a device for so many seconds at most, prints each failure and adds a
    /// line of counts to a file. 0 when all passed.
    /// </summary>
    public static int Run(string[] arguments)
    {
        if (arguments is not [string index, string part, string seconds, string file]
            || !int.TryParse(index, CultureInfo.InvariantCulture, out int number)
            || !double.TryParse(seconds, CultureInfo.InvariantCulture, out double limit))
        {
            Console.Error.WriteLine(
                $"{Command}: give the number of a GPU, a part (ops, goldens, selftest), seconds, and a file for the counts.");
            return 2;
        }
        try
        {
            return Run(GpuDevices.Open(number), number, part, limit, file) ? 0 : 1;
        }
        catch (DeviceException error)
        {
            Console.Error.WriteLine(error.Message);
            return 4;
        }
    }

    private static bool Run(GpuDevice device, int number, string part, double limit, string file)
    {
        Stopwatch clock = Stopwatch.StartNew();
        (int passed, int left) = (0, 0);
        JsonArray failures = [];
        if (part == "selftest") TestKernels();
        else foreach ((string name, Action test) in Tests(part, device)) Try(name, test);
        double spent = clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{part}: {passed} passed, {failures.Count} failed, {left} left out, {spent:F1} s"));
        JsonObject line = new()
        {
            ["kind"] = "check",
            ["device"] = number,
            ["part"] = part,
            ["passed"] = passed,
            ["failed"] = failures.Count,
            ["left_out"] = left,
            ["seconds"] = Math.Round(spent, 2),
            ["failures"] = failures,
        };
        File.AppendAllText(file, line.ToJsonString() + "\n");
        return failures.Count == 0;

        bool IsLate()
        {
            bool late = clock.Elapsed.TotalSeconds > limit;
            if (late) left++;
            return late;
        }

        void Fail(string text)
        {
            failures.Add(text);
            Console.WriteLine(text);
        }

        void Try(string name, Action test)
        {
            if (IsLate()) return;
            try
            {
                test();
                passed++;
            }
            catch (Exception error)
                when (error is Xunit.Sdk.XunitException or InvalidOperationException or ArgumentException or NotSupportedException)
            {
                Fail($"{name}: {string.Join(' ', error.Message.Split('\n', StringSplitOptions.TrimEntries))}");
            }
        }

        void TestKernels()
        {
            foreach (GpuSelfTestCase found in GpuSelfTest.Run(device, _ => !IsLate()))
            {
                if (found.Passed) passed++;
                else Fail($"{found.Name}: {found.Message}");
            }
        }
    }

    private static IEnumerable<(string Name, Action Test)> Tests(string part, GpuDevice device) => part switch
    {
        "ops" => Operations(device),
        "goldens" => Networks(device),
        _ => throw new DeviceException($"{Command}: there is no part \"{part}\"."),
    };

    private static IEnumerable<(string Name, Action Test)> Operations(GpuDevice device)
    {
        foreach (OpRow row in OpTable.Rows)
        {
            yield return (row.Name, () => OpTableTests.AgreesWithTheReference(row, device));
            yield return ($"{row.Name}, derivatives", () => GpuOpTableTests.DerivativesAgree(row, device));
        }
    }

    /// <summary>The smallest first.</summary>
    private static IEnumerable<(string Name, Action Test)> Networks(GpuDevice device)
    {
        foreach (GoldenRecord record in GoldenFile.Read(NetworkGoldenTests.FileName))
        {
            yield return ($"{record.Name}, {record.Case}, {record.TypeName}", () => NetworkGoldenTests.Agrees(record, device));
        }
        foreach (GoldenRecord record in GoldenFile.Read(CatalogNetworkTests.FileName)
            .OrderBy(Numbers).TakeWhile(record => Numbers(record) < MostNumbers))
        {
            yield return ($"{record.Name}, {record.Case}, f32", () => CatalogNetworkTests.Agrees(record.Name, record.Case, "f32", device));
        }

        static long Numbers(GoldenRecord record) => record.Json.GetProperty("numbers").GetInt64();
    }
}
