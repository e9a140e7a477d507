using System.Numerics;
using Mambascope.Application;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;

namespace Mambascope.Cli;

/// <summary>A matrix as a file, of the kind that its name ends in: a picture, NumPy's format, or safetensors.</summary>
internal static class MatrixFile
{
    /// <summary>Refuses names of other kinds.</summary>
    /// <exception cref="UsageException">Another ending.</exception>
    internal static void CheckEnding(string? name)
    {
        if (name is not null && Path.GetExtension(name).ToUpperInvariant() is not (".PNG" or ".NPY" or ".SAFETENSORS"))
        {
            throw new UsageException($"--out {name}: expected a name that ends in .png, .npy or .safetensors");
        }
    }

    /// <summary>Writes the file; an existing one is replaced.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="tensor">Name of the tensor in a safetensors file.</param>
    /// <param name="shape">Rows and columns.</param>
    /// <param name="values">Row after row.</param>
    /// <param name="plot">The picture, where one is wanted.</param>
    internal static void Write<T>(string file, string tensor, ReadOnlySpan<int> shape, T[] values, Func<MatrixPlot> plot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Write(file, tensor, shape, values, () => plot().Render());

    /// <summary>The same with a picture of another kind.</summary>
    internal static void Write<T>(string file, string tensor, ReadOnlySpan<int> shape, T[] values, Func<RgbImage> picture)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sizes = shape.ToArray();
        switch (Path.GetExtension(file).ToUpperInvariant())
        {
            case ".PNG":
                OutputFile.WritePng(picture(), file, mayReplace: true);
                break;
            case ".NPY":
                Interruption.Shield(() => NpyWriter.Write<T>(file, sizes, values));
                break;
            default:
                var writer = new SafetensorsWriter();
                writer.AddValues(tensor, sizes, values);
                TensorFile.Save(writer, file);
                break;
        }
    }
}
