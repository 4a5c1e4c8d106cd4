using System.Runtime.InteropServices;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>A device through OpenCL 1.2. Programs are compiled by the driver, and kept compiled by <see cref="ProgramCache"/>.</summary>
internal sealed unsafe class OpenClDriver : GpuDriver
{
    /// <summary>Launches after which the driver is told to start: some drivers wait until they are asked for results.</summary>
    private const int LaunchesOfBatch = 8;

    private const ulong ReadWrite = 1;
    private const uint Blocking = 1;
    private const uint ProgramBinarySizes = 0x1165;
    private const uint ProgramBinaries = 0x1166;
    private const uint BuildLog = 0x1183;

    /// <summary>Options of the compiler beside the usual ones: tests on processors compile hundreds of programs that run once.</summary>
    internal static string MoreOptions { get; set; } = "";

    private readonly OpenClApi api;
    private readonly nint device;
    private readonly nint context;
    private readonly nint queue;
    private readonly Dictionary<KernelProgram, nint> programs = [];
    private readonly Lock guard = new();
    private readonly Staging staging;
    private int launches;

    public OpenClDriver(OpenClApi api, nint device, GpuFacts facts)
    {
        this.api = api;
        this.device = device;
        Facts = facts;
        int status;
        nint given = device;
        context = api.CreateContext(null, 1, &given, 0, 0, &status);
        OpenClStatus.Check(status, $"opening {facts.Name}");
        queue = api.CreateQueue(context, device, 0, &status);
        OpenClStatus.Check(status, $"opening a queue of {facts.Name}");
        staging = new(Wait);
    }

    public override GpuFacts Facts { get; }

    public override bool CompilesText => true;

    public override nint Allocate(long bytes)
    {
        lock (guard)
        {
            int status;
            nint memory = api.CreateBuffer(context, ReadWrite, (nuint)bytes, null, &status);
            if (IsFull(status)) return 0;
            OpenClStatus.Check(status, $"allocating {bytes} bytes");
            // Drivers take memory at its first use; a write finds out whether it is there.
            long probe = 0;
            status = api.Write(queue, memory, Blocking, 0, (nuint)Math.Min(bytes, sizeof(long)), &probe, 0, 0, null);
            if (status == 0) return memory;
            api.ReleaseBuffer(memory);
            if (IsFull(status)) return 0;
            OpenClStatus.Check(status, $"allocating {bytes} bytes");
            return 0;
        }
    }

    public override void Free(nint memory)
    {
        lock (guard) api.ReleaseBuffer(memory);
    }

    public override void Write(nint memory, ReadOnlySpan<byte> bytes)
    {
        lock (guard)
        {
            byte* kept = staging.Copy(bytes);
            fixed (byte* from = bytes)
            {
                OpenClStatus.Check(
                    api.Write(queue, memory, kept is null ? Blocking : 0, 0, (nuint)bytes.Length, kept is null ? from : kept, 0, 0, null),
                    "copying to the device");
            }
        }
    }

    public override void Read(nint memory, Span<byte> bytes)
    {
        lock (guard)
        {
            fixed (byte* to = bytes)
            {
                OpenClStatus.Check(api.Read(queue, memory, Blocking, 0, (nuint)bytes.Length, to, 0, 0, null), "copying from the device");
            }
        }
    }

    public override nint Load(KernelProgram program, string entry)
    {
        lock (guard)
        {
            if (!programs.TryGetValue(program, out nint handle)) programs[program] = handle = Compile(program);
            int status;
            fixed (byte* name = Terminated(entry))
            {
                nint kernel = api.CreateKernel(handle, name, &status);
                OpenClStatus.Check(status, $"kernel {entry} of {program.Name}");
                return kernel;
            }
        }
    }

    public override void Launch(nint kernel, in Grid grid, Arguments arguments)
    {
        lock (guard)
        {
            for (int i = 0; i < arguments.Count; i++)
            {
                OpenClStatus.Check(api.SetArgument(kernel, (uint)i, (nuint)arguments.Size(i), arguments.At(i)),
                    $"argument {i} of a kernel");
            }
            nuint* global = stackalloc nuint[3] { (nuint)(grid.X * grid.Group), (nuint)grid.Y, (nuint)grid.Z };
            nuint* local = stackalloc nuint[3] { (nuint)grid.Group, 1, 1 };
            OpenClStatus.Check(api.Launch(queue, kernel, 3, null, global, local, 0, 0, null), "running a kernel");
            if (++launches % LaunchesOfBatch == 0) OpenClStatus.Check(api.Flush(queue), "running kernels");
        }
    }

    public override void Wait()
    {
        lock (guard) OpenClStatus.Check(api.Finish(queue), "waiting for the device");
    }

    /// <summary>Whether an allocation failed for want of memory, and not because the queue is dead.</summary>
    private bool IsFull(int status) => status is OpenClStatus.OutOfMemory or OpenClStatus.OutOfResources && api.Finish(queue) == 0;

    private nint Compile(KernelProgram program)
    {
        // Without this a quotient or root may be off by 3 units where the formulas assume half a unit.
        string options = "-cl-std=CL1.2" + MoreOptions + (Facts.RoundsDivision ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
        ProgramCache cache = new(Facts, program, options);
        if (cache.Find() is { } kept && OfBinary(kept) is not 0 and nint found)
        {
            if (Build(found, options) == 0) return found;
            api.ReleaseProgram(found);
        }
        byte[] text = Encoding.UTF8.GetBytes(program.Text);
        int status;
        nint handle;
        fixed (byte* source = text)
        {
            byte* start = source;
            nuint length = (nuint)text.Length;
            handle = api.CreateProgram(context, 1, &start, &length, &status);
        }
        OpenClStatus.Check(status, $"program {program.Name}");
        status = Build(handle, options);
        if (status != 0)
        {
            throw new DeviceException($"gpu: {Facts.Name}: kernel program {program.Name} does not compile "
                + $"({OpenClStatus.Sentence(status)}) The driver's log: {Log(handle).ReplaceLineEndings(" | ")}");
        }
        cache.Keep(Binary(handle));
        return handle;
    }

    private int Build(nint program, string options)
    {
        nint only = device;
        fixed (byte* text = Terminated(options)) return api.BuildProgram(program, 1, &only, text, 0, 0);
    }

    private nint OfBinary(byte[] bytes)
    {
        nint only = device;
        nuint length = (nuint)bytes.Length;
        int status, own;
        fixed (byte* start = bytes)
        {
            byte* from = start;
            nint program = api.CreateProgramOfBinary(context, 1, &only, &length, &from, &own, &status);
            return status == 0 && own == 0 ? program : 0;
        }
    }

    private byte[] Binary(nint program)
    {
        nuint size = 0;
        if (api.GetProgramInfo(program, ProgramBinarySizes, (nuint)sizeof(nuint), &size, null) != 0 || size == 0) return [];
        byte[] bytes = new byte[size];
        fixed (byte* to = bytes)
        {
            byte* start = to;
            return api.GetProgramInfo(program, ProgramBinaries, (nuint)sizeof(byte*), &start, null) == 0 ? bytes : [];
        }
    }

    private string Log(nint program)
    {
        nuint size = 0;
        if (api.GetBuildInfo(program, device, BuildLog, 0, null, &size) != 0 || size == 0) return "(none)";
        byte[] bytes = new byte[size];
        fixed (byte* to = bytes)
        {
            return api.GetBuildInfo(program, device, BuildLog, size, to, null) == 0 ? Marshal.PtrToStringUTF8((nint)to)!
                .TrimEnd() : "(none)";
        }
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
