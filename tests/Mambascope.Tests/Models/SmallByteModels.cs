using Mambascope.Models;
using Mambascope.Recipes;
using Mambascope.Training;

namespace Mambascope.Tests.Models;

/// <summary>
/// Folders with tiny models of bytes (random weights), a Mamba and a transformer, as a user would have them; gone after the test.
/// </summary>
internal sealed class SmallByteModels : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;

    public SmallByteModels()
    {
        Write(Mamba, Networks.Mamba);
        Write(Transformer, Networks.Transformer);
    }

    /// <summary>The same as networks.</summary>
    public static (ILanguageModel Mamba, ILanguageModel Transformer) Networks { get; } = (
        TinyLanguageModels.Mamba(TinyLanguageModels.MambaConfig with { VocabularySize = 256, InnerWidth = 12 }),
        TinyLanguageModels.GptNeoX(TinyLanguageModels.GptNeoXConfig with { VocabularySize = 256 }));

    public string Mamba => Path.Combine(folder, "tiny-mamba");

    public string Transformer => Path.Combine(folder, "tiny-neox");

    public string File(string name) => Path.Combine(folder, name);

    /// <summary>Writes a file beside the models.</summary>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Write(string path, ILanguageModel model)
    {
        Directory.CreateDirectory(path);
        LanguageModelFolder.Write(path, model);
    }
}
