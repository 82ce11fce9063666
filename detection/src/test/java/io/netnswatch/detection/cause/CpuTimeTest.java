package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuTimeTest {

  /** A task that was preempted on its way out of an interrupt does its own work. */
  @ParameterizedTest
  @CsvSource({
    "net_rx_action<__do_softirq<do_softirq.part.17<__local_bh_enable_ip<cleanup_net, true",
    "ip_rcv<handle_softirqs<irq_exit_rcu<asm_common_interrupt<cleanup_net, true",
    "igb_msix_ring<__handle_irq_event_percpu<handle_irq_event<handle_edge_irq<cleanup_net, true",
    "__local_bh_enable_ip<nf_ct_iterate_cleanup<cleanup_net, false",
    "preempt_schedule_irq<irqentry_exit<asm_sysvec_apic_timer_interrupt<cleanup_net, false"
  })
  void isOfAnInterruptWhereOneIsHandled(String stack, boolean ofInterrupt) {
    assertThat(CpuTime.isOfInterrupt(frames(stack))).isEqualTo(ofInterrupt);
  }

  @ParameterizedTest
  @CsvSource({
    "native_queued_spin_lock_slowpath<_raw_spin_lock_irqsave<__wake_up_common_lock, true",
    "pv_wait<__pv_queued_spin_lock_slowpath<_raw_spin_lock_irq<flush_work, true",
    "native_queued_spin_lock_slowpath<_raw_spin_lock<inet_evict_bucket, false",
    "_raw_spin_lock_irqsave<__percpu_counter_sum, false",
    "native_queued_spin_lock_slowpath, false"
  })
  void isOfASpinLockThatIsTakenWithoutInterrupts(String stack, boolean ofSpinLock) {
    assertThat(CpuTime.isOfSpinLock(frames(stack))).isEqualTo(ofSpinLock);
  }

  private static List<String> frames(String stack) {
    return Arrays.asList(stack.split("<"));
  }
}
