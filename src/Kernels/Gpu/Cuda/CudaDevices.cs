using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>Finds the cards that the CUDA driver offers on this machine.</summary>
internal static unsafe class CudaDevices
{
    /// <summary>The first driver that compiles PTX 8.0, as cuDriverGetVersion counts: 12.0.</summary>
    private const int OldestDriver = 12000;

    /// <summary>make-ptx.sh compiles for compute capability 8.0; every later one runs it.</summary>
    private const int OldestCapability = 80;

    // CUdevice_attribute of cuda.h.
    private const int LargestGroup = 1;
    private const int LocalMemory = 8;
    private const int Multiprocessors = 16;
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;

    private static readonly string[] Libraries =
        OperatingSystem.IsWindows() ? ["nvcuda.dll"] : OperatingSystem.IsLinux() ? ["libcuda.so.1"] : [];

    /// <summary>Every device, and in words why there are none where there are none.</summary>
    public static List<(GpuFacts Facts, Func<GpuDriver> Open)> Find(List<string> notes) => Find(Libraries, notes);

    internal static List<(GpuFacts Facts, Func<GpuDriver> Open)> Find(string[] libraries, List<string> notes)
    {
        List<(GpuFacts, Func<GpuDriver>)> found = [];
        nint library = 0;
        if (!Array.Exists(libraries, name => NativeLibrary.TryLoad(name, out library)))
        {
            if (libraries.Length > 0)
            {
                notes.Add($"CUDA: no driver ({string.Join(" or ", libraries)} not found); an NVIDIA card needs NVIDIA's driver");
            }
            return found;
        }
        try
        {
            CudaApi api = new(library);
            int version = 0, count = 0;
            int status = api.Init(0);
            if (status == 0) status = api.DriverVersion(&version);
            if (status == 0) status = api.DeviceCount(&count);
            if (status != 0) notes.Add($"CUDA: {(CudaStatus.Sentence(status) ?? api.Text(status)).TrimEnd('.')}");
            else if (count == 0) notes.Add("CUDA: the driver is there, but finds no card");
            for (int ordinal = 0; status == 0 && ordinal < count; ordinal++)
            {
                int handle;
                if (api.Device(&handle, ordinal) != 0) continue;
                int device = handle;
                GpuFacts facts = Facts(api, device, version);
                found.Add((facts, () => new CudaDriver(api, device, facts)));
            }
        }
        catch (EntryPointNotFoundException error)
        {
            notes.Add($"CUDA: the driver is older than every one that could run MiniGrad's kernels: {error.Message.TrimEnd('.')}");
        }
        return found;
    }

    private static GpuFacts Facts(CudaApi api, int device, int version)
    {
        int Attribute(int what)
        {
            int value;
            return api.DeviceAttribute(&value, what, device) == 0 ? value : 0;
        }
        byte* name = stackalloc byte[256];
        nuint memory;
        bool known = api.DeviceName(name, 256, device) == 0;
        if (api.DeviceMemory(&memory, device) != 0) memory = 0;
        int capability = 10 * Attribute(CapabilityMajor) + Attribute(CapabilityMinor);
        string? missing = capability < OldestCapability ? $"its compute capability is {Capability(capability)}; "
            + $"the compiled kernels need {Capability(OldestCapability)}, so use the card through OpenCL"
            : version < OldestDriver ? $"its driver is of CUDA {DriverVersion(version)}; "
                + $"the compiled kernels need {DriverVersion(OldestDriver)}, so install a newer one or use the card through OpenCL"
            : null;
        return new GpuFacts(
            "CUDA", "NVIDIA CUDA",
            known ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)).Trim() : "an NVIDIA card",
            $"{InstalledDriver()}CUDA {DriverVersion(version)}, compute capability {Capability(capability)}",
            Memory: (long)memory, LargestBlock: (long)memory, LocalMemory: Attribute(LocalMemory), LargestGroup: Attribute(LargestGroup),
            ComputeUnits: Attribute(Multiprocessors), IsGpu: true, HasDoubles: true,
            RoundsDivision: true, HasTensorCores: capability >= OldestCapability,
            Missing: missing).Judged();
    }

    /// <summary>The version of the installed driver, which the API does not tell, where Linux does.</summary>
    private static string InstalledDriver()
    {
        const string file = "/proc/driver/nvidia/version";
        try
        {
            string[] words = File.Exists(file) ? File.ReadLines(file).First().Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
            return Array.Find(words, word => char.IsAsciiDigit(word[0]) && word.Contains('.', StringComparison.Ordinal)) is { } version
                ? $"{version}, "
                : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "";
        }
    }

    private static string Capability(int tens) => string.Create(CultureInfo.InvariantCulture, $"{tens / 10}.{tens % 10}");

    private static string DriverVersion(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
}
