using Mambascope.Models;
using Mambascope.Recipes;
using Mambascope.Training;

namespace Mambascope.Tests.Models;

/// <summary>A folder with a tiny byte-level Mamba (2 layers, random weights) as a user would have it; gone after the test.</summary>
internal sealed class SmallLanguageModel : IDisposable
{
    public const int Channels = 12;

    public SmallLanguageModel()
    {
        Folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;
        LanguageModelFolder.Write(
            Folder, TinyLanguageModels.Mamba(TinyLanguageModels.MambaConfig with { VocabularySize = 256, InnerWidth = Channels }));
    }

    public string Folder { get; }

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
