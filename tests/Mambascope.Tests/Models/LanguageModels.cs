using Mambascope.Models;

namespace Mambascope.Tests.Models;

/// <summary>Language models without their tokenizers.</summary>
internal static class LanguageModels
{
    internal static ILanguageModel Open(string model, bool isOutline = false)
        => (ILanguageModel)ModelFile.Open(model, ModelInput.Text, isOutline).Model;
}
