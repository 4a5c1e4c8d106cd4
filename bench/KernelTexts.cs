using MiniGrad.Kernels.Gpu;
using MiniGrad.Nn;
using MiniGrad.Probes;

namespace MiniGrad.Bench;

/// <summary>
/// The two halves of src/Kernels/Gpu/make-ptx.sh that need MiniGrad itself: <c>kernels write FOLDER</c> writes the text of
/// every GPU program as FOLDER/NAME.cl, <c>kernels pack FOLDER FILE</c> packs each NAME.ptx beside it into one file.
/// </summary>
internal static class KernelTexts
{
    public static int Run(string[] args)
    {
        IReadOnlyList<KernelProgram> all = KernelPrograms.All(typeof(Op).Assembly, typeof(Network).Assembly, typeof(Classifier).Assembly);
        switch (args)
        {
            case ["write", string folder]:
                Directory.CreateDirectory(folder);
                foreach (KernelProgram program in all) File.WriteAllText(Path.Combine(folder, program.Name + ".cl"), program.Text);
                Console.WriteLine($"{all.Count} programs written to {folder}");
                return 0;
            case ["pack", string folder, string file]:
                using (FileStream to = File.Create(file))
                {
                    PtxArchive.Write(to, all.Select(program => (program, File.ReadAllBytes(Path.Combine(folder, program.Name + ".ptx")))));
                }
                Console.WriteLine($"{all.Count} programs packed into {file}: {new FileInfo(file).Length} bytes");
                return 0;
            default:
                Console.Error.WriteLine("kernels: say 'write FOLDER' or 'pack FOLDER FILE'.");
                return 2;
        }
    }
}
