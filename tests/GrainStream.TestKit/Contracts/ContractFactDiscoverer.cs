using Xunit.Abstractions;
using Xunit.Sdk;

namespace GrainStream.TestKit.Contracts;

/// <summary>Finds contract facts for xunit, and gives them the reason to be skipped that the class they run in has.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new ContractTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];

    /// <summary>One contract fact in one derived class. Public and default-constructible, as xunit's serialization wants it.</summary>
    public sealed class ContractTestCase : XunitTestCase
    {
        /// <summary>For xunit, which fills it by what was serialized.</summary>
        [Obsolete("Called by xunit only.")]
        public ContractTestCase()
        {
        }

        internal ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
            : base(diagnostics, display, options, testMethod)
        {
        }

        /// <inheritdoc/>
        protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
            base.GetSkipReason(factAttribute) ?? TestMethod.TestClass.Class
                .GetCustomAttributes(typeof(SkipWhereMissingAttribute).AssemblyQualifiedName)
                .OfType<IReflectionAttributeInfo>()
                .Select(info => ((SkipWhereMissingAttribute)info.Attribute).Reason)
                .FirstOrDefault();
    }
}
