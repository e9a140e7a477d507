using Mambascope.Checkpoints;

namespace Mambascope.Cli;

/// <summary>The file of --save: safetensors, or NumPy's .npz where its name says so.</summary>
internal static class TensorFile
{
    private const string Npz = ".npz";

    /// <summary>How --save names the kinds.</summary>
    internal const string HelpName = "FILE.safetensors|FILE.npz";

    /// <summary>Writes the file, complete or not at all.</summary>
    internal static void Save(SafetensorsWriter tensors, string path) => Interruption.Shield(() =>
    {
        if (path.EndsWith(Npz, StringComparison.OrdinalIgnoreCase))
        {
            tensors.SaveNpz(path);
        }
        else
        {
            tensors.Save(path);
        }
    });
}
