using System.Globalization;
using MiniGrad.Kernels.Gpu;

namespace MiniGrad.Tests.Gpu;

/// <summary>
/// Child processes of <see cref="OclgrindTests"/> and <see cref="GpuAbsenceTests"/>: they
/// see other drivers than the tests around them.
/// </summary>
internal static class GpuSelfTestCommand
{
    public const string SelfTest = "gpu-self-test";
    public const string Broken = "gpu-broken";
    public const string Absent = "gpu-absent";

    /// <summary>Work items of the broken kernels' group; their memory has as many words, which fill a block of the pool.</summary>
    private const int Group = 64;

    /// <summary>Without a barrier, and one element too far.</summary>
    private static readonly Dictionary<string, string> Kernels = new()
    {
        ["race"] = """
            #line 1 "race.cl"
            __kernel void broken(__global int* y)
            {
                __local int shared[64];
                shared[get_local_id(0)] = get_local_id(0);
                y[get_local_id(0)] = shared[63 - get_local_id(0)];
            }
            """,
        ["bounds"] = """
            #line 1 "bounds.cl"
            __kernel void broken(__global int* y)
            {
                y[get_local_id(0) + 1] = 1;
            }
            """,
    };

    /// <summary>
    /// Runs the self-test, or the cases whose names begin with a word, or with
    /// <c>-word</c> the others; a line for each and a total.
    /// </summary>
    public static int Run(string? filter)
    {
        bool others = filter?.StartsWith('-') == true;
        string beginning = others ? filter![1..] : filter ?? "";
        IReadOnlyList<GpuSelfTestCase> cases = GpuSelfTest.RunWithTensorCores(OwnGpu.Device(),
            name => name.StartsWith(beginning, StringComparison.Ordinal) != others);
        foreach (GpuSelfTestCase found in cases)
        {
            string error = found.WorstError.ToString("g2", CultureInfo.InvariantCulture);
            Console.WriteLine(found.Passed ? $"passed {found.Name} (error {error} of 1)" : $"FAILED {found.Name}: {found.Message}");
        }
        int failed = cases.Count(found => !found.Passed);
        Console.WriteLine($"{cases.Count} cases, {failed} failed");
        return failed == 0 && cases.Count > 0 ? 0 : 1;
    }

    /// <summary>Runs a kernel that is wrong on purpose.</summary>
    public static int Break(string how)
    {
        GpuDevice device = OwnGpu.Device();
        Storage y = device.Allocate(DType.I32, Group);
        device.Kernels.Run(new("broken", "broken", DType.I32), new Grid(Group, 1),
            Arguments.New().Add(y), _ => new KernelProgram($"broken-{how}", Kernels[how]));
        device.Wait();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>Says what a machine without any driver says.</summary>
    public static int SayAbsent()
    {
        Console.WriteLine(GpuDevices.All.Count);
        Console.WriteLine(GpuDevices.Nothing());
        try
        {
            GpuDevices.Open(0);
            return 1;
        }
        catch (DeviceException error)
        {
            Console.WriteLine(error.Message);
            return 0;
        }
    }
}
